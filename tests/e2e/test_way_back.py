"""It broke, go back (reference U4.2 S6), and a module that crashes (S7), as people live it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import check
from tests.broken_modules import in_page
from tests.builders import mikopbx
from tests.e2e.conftest import NewContext
from tests.e2e.packages import black_list
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

MODULE = "/modules/ModuleBlackList/"
WORSE = '{% extends "base.html" %}{% block content %}<p>The list is gone.</p>{% endblock %}'
FINE = in_page("return HttpResponse('fine')")
CRASHES = in_page(
    "if 'crash' in request.GET:\n    import os\n    os._exit(3)\nreturn HttpResponse('fine')"
)


def block(site: Site, number: str) -> None:
    """Add a number on the module's own page."""
    assert site.client.post("/m/ModuleBlackList/", {"number": number}).status == 302


def test_an_upgrade_that_broke_something_is_taken_back(site: Site, page: Page) -> None:
    site.install(black_list("1.0.0"), enable=True)
    block(site, "+4911111")
    site.install(black_list("1.1.0", **{"templates/black_list.html": WORSE}))
    block(site, "+4922222")
    page.goto("/m/ModuleBlackList/")
    expect(page.get_by_text("The list is gone.")).to_be_visible()

    page.goto(MODULE)
    expect(page.get_by_text("What a return to 1.0.0 does")).to_be_visible()
    page.get_by_role("link", name="Return to 1.0.0").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Return Black list to 1.0.0?")
    expect(dialog).to_contain_text("Table m_BlackListNumbers: 1 rows that are new or changed")
    check(page, "rollback dialog")
    dialog.get_by_role("button", name="Return to 1.0.0").click()
    expect(page.locator(".outcome")).to_have_text("Done")
    expect(
        page.get_by_role("link", name=re.compile("The upgrade that was taken back"))
    ).to_be_visible()

    page.get_by_role("link", name="Open").click()
    expect(page.locator("#black-list-table")).to_contain_text("+4911111")
    expect(page.locator("#black-list-table")).not_to_contain_text("+4922222")
    page.goto(MODULE)
    expect(page.locator("h1")).to_contain_text("1.0.0")
    versions = page.get_by_role("region", name="Versions")
    expect(versions).to_contain_text("Left behind")
    expect(versions).to_contain_text("1.1.0")


def test_the_way_back_needs_no_javascript(site: Site, new_context: NewContext) -> None:
    site.install(black_list("1.0.0"), enable=True)
    site.install(black_list("1.1.0"))
    page = new_context(java_script_enabled=False).new_page()
    page.goto(MODULE)
    page.get_by_role("link", name="What a return to 1.0.0 would lose").click()
    expect(page.get_by_role("heading", name="Return Black list to 1.0.0?")).to_be_visible()
    page.get_by_role("button", name="Return to 1.0.0").click()
    expect(page).to_have_url(re.compile(r"/operations/\d+/"))
    site.wait_for(site.is_quiet, 40)
    page.reload()
    expect(page.locator(".outcome")).to_have_text("Done")
    page.goto(MODULE)
    page.get_by_role("button", name="Compare files and data now").click()
    expect(page.get_by_text("Files and data are as they were installed.")).to_be_visible()


def test_what_crashes_after_its_upgrade_goes_back_by_itself(site: Site, page: Page) -> None:
    site.install(mikopbx("ModuleCrash", "1.0.0", files=FINE), enable=True)
    site.install(mikopbx("ModuleCrash", "1.1.0", files=CRASHES))
    assert site.client.get("/m/ModuleCrash/?crash=1").status >= 500
    back = (
        "SELECT 1 FROM modules_app_operation "
        "WHERE verb = 'rollback' AND outcome = 'done' AND module_id = 'ModuleCrash'"
    )
    site.wait_for(lambda: bool(site.rows(back)), 60)

    page.goto("/")
    attention = page.get_by_role("region", name="Someone has to act")
    expect(attention).to_contain_text("Returned to the version before by itself")
    attention.get_by_role("link", name="ModuleCrash").click()
    expect(page.locator(".problem")).to_contain_text("version 1.1.0 was replaced by 1.0.0 again")
    expect(page.locator(".problem")).to_contain_text("Version 1.0.0 runs now.")
    check(page, "module after an automatic rollback")
    page.get_by_role("link", name="What happened, step by step").click()
    expect(page.get_by_text("Nobody asked for this")).to_be_visible()
    check(page, "automatic rollback")
    page.get_by_role("link", name=re.compile("The upgrade that was taken back")).click()
    expect(page.locator("h1")).to_contain_text("Upgrade")


def test_damaged_files_are_repaired_with_one_button(site: Site, page: Page) -> None:
    site.install(black_list("1.0.0"), enable=True)
    [file] = (site.data_dir / "store" / "ModuleBlackList").glob("*/code/main.py")
    file.chmod(0o644)
    file.write_text("raise SystemExit")
    page.goto(MODULE)
    page.get_by_role("button", name="Compare files and data now").click()
    expect(page.locator(".outcome")).to_have_text("Broken")
    expect(page.get_by_role("region", name="Checks")).to_contain_text("main.py")
    check(page, "broken module")
    page.get_by_role("link", name="Repair").click()
    page.get_by_role("dialog").get_by_role("button", name="Repair").click()
    expect(page.locator(".outcome")).to_have_text("Done")
    page.goto("/m/ModuleBlackList/")
    expect(page.locator("#black-list-table")).to_be_visible()
