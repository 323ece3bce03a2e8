"""The telephone pages in a real browser: with scripts, without, on a small screen, for axe."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.axe import check
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

FILL = """
from modules_app.models import PbxSetting
from telephony_app.models import *
from tests.telephony.records import telephone_records
telephone_records()
rows = [Extension(number=str(1000 + n), name=f"Person {n}", revision=1) for n in range(130)]
Extension.objects.bulk_create(rows)
SipAccount.objects.bulk_create(SipAccount(extension=r, secret="x" * 24, revision=1) for r in rows)
PbxSetting.objects.update_or_create(key="ARIEnabled", defaults={"value": "1"})
"""
CLEAR = """
from modules_app.models import PbxSetting
from telephony_app.models import *
for model in (IncomingRoute, OutgoingRoute, Provider, DialplanApplication, SipAccount):
    model.objects.all().delete()
for model in (ManagerUser, AriUser):
    model.objects.all().delete()
Extension.objects.exclude(kind="system").delete()
PbxSetting.objects.filter(key="ARIEnabled").delete()
"""
KINDS = (
    "extensions",
    "providers",
    "incoming-routes",
    "outgoing-routes",
    "ami-users",
    "ari-users",
    "dialplan-applications",
)


@pytest.fixture
def empty(site: Site) -> Iterator[Site]:
    """The server without telephone records, before and after the test."""
    site.manage("shell", "-c", CLEAR)
    yield site
    site.manage("shell", "-c", CLEAR)


@pytest.fixture
def filled(empty: Site) -> Site:
    """The server with one record of each kind, and many phones."""
    empty.manage("shell", "-c", FILL)
    return empty


def addresses(site: Site) -> dict[str, str]:
    """Return every page of the telephone part by a name."""
    found = {"codecs": "/codecs/", "default route": "/incoming-routes/default/"}
    for kind in KINDS:
        found |= {f"list of {kind}": f"/{kind}/", f"new of {kind}": f"/{kind}/new/"}
    tables = {"extensions": "extension", "providers": "provider", "ami-users": "manageruser"}
    for kind, table in tables.items():
        [(pk,)] = site.rows(f"SELECT max(id) FROM telephony_app_{table}")
        found |= {f"one of {kind}": f"/{kind}/{pk}/", f"delete {kind}": f"/{kind}/{pk}/delete/"}
    found["import"] = "/extensions/import/"
    found["everything"] = "/extensions/?all=1"
    return found


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_every_page_is_open_to_everybody(
    new_context: NewContext, filled: Site, theme: str, width: int
) -> None:
    page = new_context(color_scheme=theme, viewport={"width": width, "height": 800}).new_page()
    for name, address in addresses(filled).items():
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, name
        page.evaluate("document.querySelectorAll('details.folded').forEach(x => x.open = true)")
        check(page, f"{name} {theme}")
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, name


def add_phone(page: Page, number: str, name: str) -> str:
    """Fill in the form of a new phone; return the password it showed."""
    page.get_by_role("link", name=re.compile("New extension|Add the first extension")).click()
    page.get_by_label("Number", exact=True).fill(number)
    page.get_by_label("Name", exact=True).fill(name)
    secret = page.get_by_label("Password of the phone").input_value()
    page.locator("#record").get_by_role("button", name="Save").last.click()
    expect(page.get_by_text(f"Extension {number} {name} is saved.")).to_be_visible()
    return secret


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_lives_with_and_without_scripts(
    new_context: NewContext, empty: Site, script: bool
) -> None:
    page = new_context(java_script_enabled=script).new_page()
    page.goto("/extensions/")
    secret = add_phone(page, "201", "Ann")
    assert re.fullmatch("[A-Za-z0-9]{24}", secret)
    page.get_by_role("link", name="201", exact=True).click()
    expect(page.get_by_label("Password of the phone")).to_have_value("")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_label("Password", exact=True)).to_have_value(secret)
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Generate").click()
    field = page.get_by_label("Password of the phone")
    expect(field).not_to_have_value("")
    assert field.input_value() != secret
    page.get_by_text("Advanced").click()
    page.get_by_label("When busy, call").fill("!!")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("alert")).to_contain_text("When busy, call")
    expect(page.get_by_label("When busy, call")).to_be_visible()
    page.get_by_label("When busy, call").fill("999")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Extension 201 Ann is saved.")).to_be_visible()
    page.get_by_role("link", name="Delete 201").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No extension yet")).to_be_visible()


def test_enter_in_a_field_saves_and_makes_no_password(new_context: NewContext, empty: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/extensions/new/")
    page.get_by_label("Number", exact=True).fill("201")
    page.get_by_label("Number", exact=True).press("Enter")
    expect(page.get_by_text("Extension 201 is saved.")).to_be_visible()


def test_phones_are_chosen_across_search_and_pages(new_context: NewContext, filled: Site) -> None:
    page = new_context().new_page()
    page.goto("/extensions/")
    page.get_by_role("checkbox", name="Choose 1000").check()
    page.get_by_role("button", name="On", exact=True).click()
    expect(page.get_by_text(re.compile("51 to 100 of"))).to_be_visible()
    page.get_by_role("checkbox", name="Choose 1060").check()
    expect(page.locator("#chosen-count")).to_have_text("2")
    page.get_by_role("searchbox").fill("Person 12")
    expect(page.locator("#results")).to_contain_text("1129")
    page.get_by_label("Choose this page").check()
    count = page.locator("#chosen-count")
    expect(count).to_have_text("13")
    page.locator("#chosen-bar").get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("heading", name="Switch 13 extensions off?")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("13 extensions are switched off.")).to_be_visible()
    page.goto("/extensions/?state=off")
    page.get_by_role("link", name="Choose all 13 that match").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("13 extensions are deleted.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_routes_and_codecs_move_by_buttons(
    new_context: NewContext, filled: Site, script: bool
) -> None:
    page = new_context(java_script_enabled=script).new_page()
    page.goto("/outgoing-routes/")
    page.get_by_role("link", name="New route").click()
    page.get_by_label("Name", exact=True).fill("Mobile phones")
    page.get_by_label("Goes out by").select_option(label="City line")
    page.get_by_role("button", name="Save").last.click()
    names = page.locator("tbody .row-title")
    expect(names).to_have_text(["All", "Mobile phones"])
    page.get_by_role("button", name="Mobile phones: up").click()
    expect(names).to_have_text(["Mobile phones", "All"])
    page.goto("/codecs/")
    page.get_by_role("button", name="alaw: down").click()
    first = page.locator(".codec").first
    expect(first).to_contain_text("ulaw")
    page.get_by_role("button", name="alaw: up").click()
    expect(first).to_contain_text("alaw")


def test_a_number_is_suggested_for_a_route(new_context: NewContext, filled: Site) -> None:
    page = new_context().new_page()
    page.goto("/incoming-routes/new/")
    page.get_by_label("Number", exact=True).press_sequentially("112")
    expect(page.locator("#numbers option[value='1129']")).to_be_attached()
    page.get_by_label("Number", exact=True).fill("201")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("tbody")).to_contain_text("201 Ann")


def test_a_table_is_imported_after_its_report(new_context: NewContext, empty: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/extensions/import/")
    table = {"name": "phones.csv", "mimeType": "text/csv", "buffer": b"number,name\n201,Ann\n"}
    page.get_by_label("CSV file").set_input_files(table)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("link", name="201", exact=True)).to_be_visible()


def test_the_second_of_two_windows_sees_the_other_change(
    new_context: NewContext, filled: Site
) -> None:
    one, other = new_context().new_page(), new_context().new_page()
    for page in (one, other):
        page.goto("/extensions/?q=Ann")
        page.get_by_role("link", name="201", exact=True).click()
    for page, name in ((one, "Anna"), (other, "Annie")):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Save").last.click()
    alert = other.get_by_role("alert").filter(has_text="Somebody else")
    expect(alert).to_contain_text("Anna")
    check(other, "conflict")
    other.get_by_role("button", name="Save").last.click()
    expect(other.get_by_text("Extension 201 Annie is saved.")).to_be_visible()
