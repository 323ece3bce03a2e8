"""Everything an administrator needs works without JavaScript (issue 5)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.packages import black_list, file
from tests.e2e.site import Site
from tests.server.running import PASSWORD, USER

pytestmark = pytest.mark.browser


def wait_until_done(page: Page) -> None:
    """Reload as a person without JavaScript does."""
    expect(page).to_have_url(re.compile(r"/operations/\d+/"))
    outcome = page.locator(".outcome")
    for _attempt in range(200):
        if outcome.inner_text().strip() not in ("Waiting", "Running"):
            break
        page.reload()
    expect(outcome).to_have_text("Done")


def test_a_module_lives_without_javascript(site: Site, new_context: NewContext) -> None:
    page = new_context(login=False, java_script_enabled=False).new_page()
    page.goto("/modules/")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{site.base_url}/modules/")

    page.get_by_role("link", name="Upload the first module").click()
    page.locator("#package").set_input_files(file("ModuleBlackList.zip", black_list()))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Black list")).to_be_visible()
    page.get_by_role("button", name="Install", exact=True).click()
    wait_until_done(page)
    page.locator("#progress").get_by_role("button", name="Enable").click()
    wait_until_done(page)

    page.get_by_role("list", name="Security").get_by_role("link", name="Black list").click()
    page.get_by_role("textbox", name="Number").fill("+4912345")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.locator(".notice")).to_have_text("Calls from +4912345 are refused.")
    page.get_by_role("button", name="Delete 0000000000").click()
    expect(page.locator("#black-list-table")).not_to_contain_text("0000000000")

    page.goto("/modules/")
    page.get_by_role("textbox").or_(page.get_by_role("searchbox")).fill("nothing like that")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Clear the filters").click()
    page.get_by_role("link", name="State").click()
    expect(page).to_have_url(re.compile("sort=state"))
    page.locator("#row-ModuleBlackList").get_by_role("link", name="Disable").click()
    page.get_by_role("button", name="Disable").click()
    wait_until_done(page)
    page.get_by_role("link", name="To the module").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("radio", name="Delete them").check()
    page.get_by_label("To delete the data, type ModuleBlackList").fill("ModuleBlackList")
    page.get_by_role("button", name="Remove").click()
    wait_until_done(page)
    assert site.modules() == []


def test_theme_language_and_log_out_work_without_javascript(
    site: Site, new_context: NewContext
) -> None:
    context = new_context(login=False, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Language and theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_label("Language and theme").click()
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.locator("summary", has_text=USER).click()
    page.locator("button[formaction='/logout/']").click()
    expect(page).to_have_url(re.compile("/login/"))
