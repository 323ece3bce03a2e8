"""What modules add to pages, seen in a browser: sidebar, blocks, fields, files, grant, login."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.axe import check
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site
from tests.web_module import ID, front

pytestmark = pytest.mark.browser

GROUP = "from django.contrib.auth.models import Group, Permission as P; " \
    "g, _made = Group.objects.get_or_create(name='Readers'); " \
    "g.permissions.set(P.objects.filter(codename='{id}:reports'))"  # fmt: skip


def test_a_module_shows_everywhere_it_may(
    site: Site, page: Page, new_context: NewContext
) -> None:
    site.install(front(), enable=True)
    site.manage("shell", "-c", GROUP.format(id=ID))

    page.goto("/modules/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu.get_by_role("link", name="Front reports")).to_be_visible()
    expect(menu.get_by_role("link", name="Front nowhere")).to_have_count(0)
    expect(page).to_have_title("Modules · PBX Admin")
    check(page, "modules")
    page.get_by_role("link", name="Front tab").click()
    expect(page.locator(f"#{ID}-front")).to_be_in_viewport()
    box = page.locator(".module-block", has_text="Front footer").bounding_box()
    assert box is not None and box["y"] > 100, "a fixed element left its box"
    page.get_by_role("button", name="Send to the front").click()
    expect(page.locator("p.front")).to_have_text("Front text")
    expect(page.get_by_text(f"Front header over {ID}")).to_be_visible()
    expect(page.locator("p.front")).to_have_css("color", "rgb(0, 128, 0)")

    page.goto("/settings/")
    check(page, "settings")
    page.get_by_label("Front greeting").fill("forbidden")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The module does not like that.").first).to_be_visible()
    check(page, "settings that a module refused")
    page.get_by_label("Front greeting").fill("hello")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Front greeting")).to_have_value("hello")
    assert page.locator("html").get_attribute("data-front") is None

    page.goto(f"/modules/{ID}/")
    check(page, "module")
    page.get_by_role("link", name="Decide").first.click()
    expect(page.get_by_role("heading", name="Sign people in")).to_be_visible()
    check(page, "grant")
    page.get_by_label("Readers").check()
    page.get_by_role("button", name="Grant").click()
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Grant").click()
    page.goto("/settings/")
    expect(page.locator("html")).to_have_attribute("data-front", "here")

    guest = new_context(login=False).new_page()
    guest.goto("/login/")
    guest.get_by_label("Username").fill("phoebe")
    guest.get_by_label("Password").fill("from the module")
    guest.get_by_role("button", name="Log in").click()
    expect(guest.locator("p.front")).to_have_text("reports for GET")
    expect(guest.get_by_role("link", name="Front reports")).to_be_visible()
    expect(guest.get_by_role("link", name="Front", exact=True)).to_have_count(0)
