"""Safe mode in a real browser: into it, through a search, and out again; with axe on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from modules_app.bridge.strikes import Strike, Strikes
from tests.axe import check
from tests.pages import menu_item, module

pytestmark = pytest.mark.browser


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings, transactional_db: None) -> Iterator[Path]:
    """A data folder with two enabled modules, one of which has crashed."""
    for folder in ("run/sessions", "log", "uploads"):
        (tmp_path / folder).mkdir(parents=True)
    settings.PBX_DATA_DIR = tmp_path
    menu_item(module("ModuleOne", wanted="on"))
    module("ModuleTwo", wanted="on")
    Strikes(tmp_path / "run").charge("ModuleTwo", "g1", Strike(1, "request", "status 1"))
    yield tmp_path


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_s9_a_person_enters_finds_the_culprit_and_leaves(
    data_dir: Path, signed_in: Callable[..., Page], theme: str, width: int
) -> None:
    page = signed_in(theme=theme, width=width)
    page.goto("/safe-mode/")
    check(page, "safe mode off")
    page.fill("#id_reason", "calls drop")
    page.get_by_role("button", name="Switch safe mode on").click()
    expect(page.get_by_role("region", name="Safe mode", exact=True)).to_contain_text("calls drop")
    expect(page.locator("#sidebar")).not_to_contain_text("ModuleOne")
    check(page, "safe mode on")
    no_wider_than_the_window(page)

    page.get_by_role("button", name="Find the faulty module by halves").click()
    check(page, "search")
    no_wider_than_the_window(page)
    page.get_by_role("button", name="The fault is gone").click()
    page.get_by_role("button", name="The fault is still there").click()
    expect(page.get_by_text("The fault comes with “Title of ModuleTwo”.")).to_be_visible()
    check(page, "culprit")
    for address in ("/modules/", "/admin/"):
        page.goto(address)
        check(page, f"{address} in safe mode")
    page.goto("/safe-mode/")
    page.get_by_role("button", name="Leave safe mode", exact=True).click()
    expect(page.get_by_role("heading", name="Safe mode is off")).to_be_visible()
    assert not (data_dir / "safe-mode").exists()


def no_wider_than_the_window(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
