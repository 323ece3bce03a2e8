"""WCAG A and AA, in light and dark, on the pages that only a real server has.

The core pages with made-up records are in tests/browser.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.axe import check
from tests.broken_modules import in_installer, in_page
from tests.builders import module_json, php_module, zip_of
from tests.e2e.conftest import NewContext
from tests.e2e.packages import black_list, file, hello
from tests.e2e.site import Site, upload

pytestmark = pytest.mark.browser

THEMES = ("light", "dark")
RAISES = in_page("raise ValueError('wrong on purpose')")


@pytest.fixture(scope="module")
def furnished(whole_run_site: Site) -> Iterator[dict[str, str]]:
    """Modules, operations and packages of every kind; return the addresses to look at."""
    site = whole_run_site
    site.install(black_list(), enable=True)
    site.install(hello(), enable=True)
    site.install(php_module(), enable=True)
    site.install(zip_of({"module.json": module_json("ModuleRaises"), **RAISES}), enable=True)
    site.install(zip_of({"module.json": module_json("ModuleOff")}))
    broken = in_installer("raise ValueError('wrong on purpose')")
    failed = site.install(zip_of({"module.json": module_json("ModuleBroken"), **broken}))
    report = upload(site.client, "black-list-2.zip", black_list("1.1.0")).headers["Location"]
    yield {
        "module page": "/m/ModuleBlackList/",
        "empty search of a module": "/m/ModuleBlackList/?search=nothing",
        "records of a module": "/m/ModuleBlackList/admin/",
        "records of a table": "/m/ModuleBlackList/admin/m_ModuleBlackList/blacklistnumbers/",
        "FreePBX module page": "/m/hellopbx/",
        "PHP module page": "/m/ModuleTest/",
        "disabled module page": "/m/ModuleOff/",
        "raising module page": "/m/ModuleRaises/",
        "unknown module page": "/m/ModuleNobody/",
        "module with placement": "/modules/ModuleBlackList/",
        "upgrade report": report,
        "failed operation": f"/operations/{failed}/",
        "finished operation": f"/operations/{failed - 1}/",
        "enable": "/modules/ModuleOff/enable/",
        "raw records": "/admin/",
        "raw modules": "/admin/modules_app/module/",
    }
    site.clear()


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_pages_of_a_real_server(
    new_context: NewContext, furnished: dict[str, str], theme: str, width: int
) -> None:
    page = new_context(color_scheme=theme, viewport={"width": width, "height": 800}).new_page()
    for name, address in furnished.items():
        page.goto(address)
        check(page, f"{name} {theme}")
        if "raw" not in name and "records" not in name:
            too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert too_wide <= 0, name


@pytest.mark.parametrize("theme", THEMES)
def test_answers_to_what_a_person_does(
    new_context: NewContext, furnished: dict[str, str], theme: str
) -> None:
    page = new_context(color_scheme=theme).new_page()
    page.goto("/m/ModuleBlackList/")
    page.get_by_role("textbox", name="Number").fill("x")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "marked form of a module")
    page.goto("/modules/upload/")
    page.locator("#package").set_input_files(file("x.zip", zip_of({"module.json": "{"})))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("region", name="Errors")).to_be_visible()
    check(page, "refused package")
    page.goto(furnished["failed operation"])
    page.get_by_text("Details", exact=True).click()
    page.get_by_text("The plan").click()
    check(page, "opened details")
    page.goto("/modules/")
    page.locator("#row-ModuleBlackList").get_by_role("link", name="Disable").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "confirmation")


@pytest.mark.parametrize("theme", THEMES)
def test_error_pages(new_context: NewContext, furnished: dict[str, str], theme: str) -> None:
    page = new_context(color_scheme=theme).new_page()
    for address, status in (
        ("/nothing/", 404), ("/uploads/00000000-0000-4000-8000-000000000000/", 404),
        ("/language/", 405), ("/assets/ModuleBlackList/x/y", 404),
    ):  # fmt: skip
        answer = page.goto(address)
        assert answer is not None and answer.status == status
        check(page, f"{status} {theme}")
    page.goto("/settings/")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Save").click()
    check(page, f"403 {theme}")
