"""The telephone pages without a mouse: the focus is seen, is never lost, and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from modules_app.permissions import Actor
from telephony_app.models import Extension, Provider, SipAccount
from telephony_app.services.routes import create_outgoing_route
from tests.telephony.records import telephone_records

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const node = document.activeElement, style = getComputedStyle(node);
  // Parts of a field, such as the clock of a time, are marked by the browser itself.
  const unmarked = style.outlineStyle === "none" && node.matches(":focus");
  return {
    body: node === document.body,
    name: (node.getAttribute("aria-label") || node.id || node.textContent).trim(),
    outline: unmarked ? 0 : parseFloat(style.outlineWidth),
    inDialog: node.closest("dialog") !== null,
  };
}"""
PAGES = (
    "/extensions/",
    "/extensions/new/",
    "/incoming-routes/",
    "/incoming-routes/default/",
    "/providers/new/",
    "/outgoing-routes/",
    "/ami-users/new/",
    "/telephony/apply/",
    "/telephony/status/",
)


@pytest.fixture
def page(signed_in: Callable[..., Page]) -> Page:
    """A page of the administrator, with one record of each kind."""
    telephone_records()
    opened = signed_in()
    opened.emulate_media(reduced_motion="reduce")
    return opened


def phones(count: int) -> None:
    """Make many phones, from number 1000 on."""
    numbers = [str(1000 + n) for n in range(count)]
    rows = Extension.objects.bulk_create(Extension(number=n, revision=1) for n in numbers)
    SipAccount.objects.bulk_create(SipAccount(extension=r, secret="x" * 24) for r in rows)


@pytest.mark.parametrize("address", PAGES)
def test_whatever_has_the_focus_shows_it(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    seen = []
    for _ in range(200):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"]:
            break
        seen.append(focus)
    assert len(seen) > 10
    assert [focus["name"] for focus in seen if focus["outline"] < 2] == []


def test_paging_filtering_and_sorting_keep_the_focus(page: Page) -> None:
    phones(130)
    page.goto("/extensions/")
    on = page.get_by_role("button", name="On", exact=True)
    on.focus()
    for first in (51, 101):
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{first} to")).to_be_visible()
        if first == 51:
            expect(on).to_be_focused()
            expect(on).to_be_in_viewport()
    expect(page.get_by_role("button", name="First page")).to_be_focused()
    page.get_by_role("link", name="Name", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    expect(page.get_by_role("link", name="Name", exact=True)).to_be_focused()
    page.locator(".chip", has_text="Switched off").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    expect(page.locator(".chip", has_text="Switched off")).to_be_focused()


def test_choosing_nothing_goes_back_to_where_one_chooses(page: Page) -> None:
    page.goto("/extensions/")
    page.get_by_label("Choose 201").focus()
    page.keyboard.press("Space")
    page.get_by_role("link", name="Choose none").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-bar")).to_be_hidden()
    expect(page.get_by_label("Choose this page")).to_be_focused()


def test_what_cannot_go_further_up_can_go_down(page: Page) -> None:
    last = {"name": "Last", "provider": Provider.objects.get()}
    create_outgoing_route(actor=Actor.system(), values=last)
    page.goto("/outgoing-routes/")
    names = page.locator("tbody .row-title")
    page.get_by_role("button", name="Last: up").focus()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Last", "All"])
    expect(page.get_by_role("button", name="Last: down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["All", "Last"])
    expect(page.get_by_role("button", name="Last: up")).to_be_focused()


def test_the_state_of_asterisk_is_read_anew_under_the_focus(page: Page) -> None:
    page.goto("/telephony/status/")
    page.get_by_role("link", name="201").focus()
    page.evaluate("document.querySelector('#live').dataset.old = '1'")
    expect(page.locator("#live[data-old]")).to_have_count(0)
    expect(page.get_by_role("link", name="201")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Page) -> None:
    page.goto("/extensions/")
    opener = page.get_by_role("link", name="Delete 201")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [data-close]")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["inDialog"] or focus["body"]
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_refused_save_leads_to_the_fields(page: Page) -> None:
    page.goto("/extensions/new/")
    page.get_by_label("Number", exact=True).fill("2 x")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Number", exact=True)).to_be_focused()


def test_a_refused_choice_leads_to_its_first_answer(page: Page) -> None:
    page.goto("/incoming-routes/default/")
    page.evaluate("document.querySelector('[name=action]:checked').checked = false")
    page.get_by_role("button", name="Save").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("ring a number")).to_be_focused()
