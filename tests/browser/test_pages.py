"""What the script adds to the pages, and that the pages work without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.models import Module, Operation, OperationStep, Upload
from tests.builders import mikopbx, zip_of
from tests.pages import menu_item, module, operation, upload

pytestmark = pytest.mark.browser


def finish(outcome: Outcome = Outcome.DONE, **fields: object) -> None:
    """Let the open operation end as if the operator had run it."""
    OperationStep.objects.update(outcome=outcome)
    Operation.objects.update(outcome=outcome, **fields)


def test_typing_filters_the_list_and_keeps_the_focus(signed_in: Callable[..., Page]) -> None:
    module("ModuleBlackList")
    module("ModulePhoneBook")
    page = signed_in()
    page.goto("/modules/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("phone")
    expect(page.locator("#row-ModuleBlackList")).to_have_count(0)
    expect(page.locator("#row-ModulePhoneBook")).to_be_visible()
    expect(page.locator("#status")).to_have_text("1 module")
    expect(page.locator("#search")).to_be_focused()
    assert page.url.endswith("/modules/?q=phone")
    page.go_back()
    expect(page.locator("#row-ModuleBlackList")).to_be_visible()


def test_a_filter_survives_further_typing(signed_in: Callable[..., Page]) -> None:
    module("ModuleOn", wanted="on")
    module("ModuleOff")
    page = signed_in()
    page.goto("/modules/")
    page.locator(".chip", has_text="Disabled").click()
    expect(page.locator("#row-ModuleOn")).to_have_count(0)
    page.fill("#search", "Module")
    expect(page).to_have_url(re.compile(r"q=Module&state=disabled"))
    expect(page.locator("#row-ModuleOn")).to_have_count(0)


def test_enabling_in_the_list_follows_the_operation_in_its_row(
    signed_in: Callable[..., Page],
) -> None:
    menu_item(module("ModuleBlackList"))
    page = signed_in()
    page.goto("/modules/")
    page.locator("#row-ModuleBlackList button", has_text="Enable").click()
    expect(page.locator("#row-ModuleBlackList")).to_contain_text("Working")
    assert Operation.objects.get().verb == Verb.ENABLE
    expect(page.locator("#sidebar")).not_to_contain_text("Black list")
    Module.objects.update(wanted="on")
    finish()
    expect(page.locator("#row-ModuleBlackList")).to_contain_text("Enabled")
    expect(page.locator("#sidebar")).to_contain_text("Black list")


def test_a_failure_is_told_at_the_row(signed_in: Callable[..., Page]) -> None:
    module("ModuleBlackList")
    page = signed_in()
    page.goto("/modules/")
    page.locator("#row-ModuleBlackList button", has_text="Enable").click()
    expect(page.locator("#row-ModuleBlackList")).to_contain_text("Working")
    error = {"slug": "x", "message": "It does not load.", "context": {}, "hint": ""}
    finish(Outcome.FAILED, error=error)
    expect(page.locator("#row-ModuleBlackList .row-problem")).to_contain_text("It does not load.")
    expect(page.locator("#status")).to_have_text("It does not load.")


def test_a_busy_module_is_told_above_the_list(signed_in: Callable[..., Page]) -> None:
    module("ModuleBlackList")
    page = signed_in()
    page.goto("/modules/")
    running = operation("ModuleBlackList", outcome=Outcome.RUNNING)
    page.locator("#row-ModuleBlackList button", has_text="Enable").click()
    expect(page.locator("#problem")).to_contain_text(f"Operation {running.pk} is still running")
    expect(page.locator("#problem")).to_be_focused()


def test_the_dialog_starts_on_cancel_and_gives_the_focus_back(
    signed_in: Callable[..., Page],
) -> None:
    module("ModuleBlackList")
    page = signed_in()
    page.goto("/modules/")
    opener = page.locator("#row-ModuleBlackList a[href$='/remove/']")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [data-close]")).to_be_focused()
    expect(page.locator("#typed")).to_be_hidden()
    page.locator("dialog input[value=delete]").check()
    expect(page.locator("#typed")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("dialog[open] [data-close]").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert not Operation.objects.exists()


def test_the_operation_page_follows_the_record_and_announces_stages(
    signed_in: Callable[..., Page],
) -> None:
    running = operation("ModuleBlackList", outcome=Outcome.RUNNING)
    running.steps.exclude(stage="set-up").update(outcome=Outcome.QUEUED)
    page = signed_in()
    page.goto(f"/operations/{running.pk}/")
    expect(page.locator("#status")).to_have_text("Set up and migrate")
    running.steps.filter(stage="set-up").update(outcome=Outcome.DONE)
    running.steps.filter(stage="commit").update(outcome=Outcome.RUNNING)
    expect(page.locator("#status")).to_have_text("Switch over")
    finish()
    expect(page.locator(".outcome")).to_contain_text("Done")
    expect(page.locator("#status")).to_have_text("Done")
    expect(page.locator("#progress")).not_to_have_attribute("hx-trigger", "every 1s")


def test_the_details_of_an_error_can_be_copied(signed_in: Callable[..., Page]) -> None:
    told = {"details": "Line 3"}
    error = {"slug": "install-failed", "message": "No.", "context": told, "hint": ""}
    failed = operation(outcome=Outcome.FAILED, error=error)
    page = signed_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/operations/{failed.pk}/")
    page.locator("summary", has_text="Details").click()
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "install-failed" in copied and "Line 3" in copied


def test_an_upload_goes_to_its_report(
    signed_in: Callable[..., Page], tmp_path: Path, settings: object
) -> None:
    package = tmp_path / "ModuleTest.zip"
    package.write_bytes(mikopbx())
    page = signed_in()
    page.goto("/modules/upload/")
    page.set_input_files("#package", package)
    page.locator("main button[type=submit]").click()
    expect(page.locator("h2", has_text="A new module")).to_be_visible()
    assert str(Upload.objects.get().pk) in page.url
    page.locator("button", has_text="Discard").click()
    expect(page.locator(".notice")).to_contain_text("The package was discarded.")
    expect(page.locator("#status")).to_have_text("The package was discarded.")


def test_a_refused_upload_is_explained_in_place(
    signed_in: Callable[..., Page], tmp_path: Path
) -> None:
    package = tmp_path / "nothing.zip"
    package.write_bytes(zip_of({"readme.txt": "no manifest"}))
    page = signed_in()
    page.goto("/modules/upload/")
    page.set_input_files("#package", package)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".problem")).to_be_focused()
    expect(page.locator("#package")).to_be_visible()
    assert page.url.endswith("/modules/upload/")
    page.set_input_files("#package", package)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".problem")).to_be_focused()


def test_a_dropped_file_is_uploaded(signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto("/modules/upload/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["not an archive"], "module.zip"));
            const drop = document.querySelector("[data-drop]");
            drop.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }"""
    )
    expect(page.locator(".problem")).to_be_visible()


def test_the_theme_can_be_chosen_and_holds(signed_in: Callable[..., Page]) -> None:
    page = signed_in(theme="light")
    page.goto("/operations/")
    page.locator("summary[aria-label='Language and theme']").click()
    page.locator("button[value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url.endswith("/operations/")
    page.goto("/modules/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_sidebar_opens_on_a_small_screen(signed_in: Callable[..., Page]) -> None:
    page = signed_in(width=360)
    page.goto("/modules/")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.locator("a[aria-label='Open the menu']").click()
    expect(page.locator("#sidebar.show")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()


def test_everything_is_reached_without_a_script(
    signed_in: Callable[..., Page], tmp_path: Path
) -> None:
    package = tmp_path / "ModuleTest.zip"
    package.write_bytes(mikopbx())
    module("ModuleBlackList")
    page = signed_in(script=False, width=360)
    page.goto("/modules/")
    page.locator("a[aria-label='Open the menu']").click()
    expect(page.locator("#sidebar")).to_be_visible()
    page.goto("/modules/")
    page.fill("#search", "nothing")
    page.locator("#search-form button").click()
    expect(page.locator(".empty-title")).to_have_text("No module matches")
    page.goto("/modules/upload/")
    page.set_input_files("#package", package)
    page.locator("main button[type=submit]").click()
    page.locator("#enable").check()
    page.locator("button", has_text="Install").click()
    expect(page.locator("h1")).to_contain_text("Installation: ModuleTest")
    page.goto("/modules/")
    page.locator("#row-ModuleBlackList button", has_text="Enable").click()
    expect(page.locator("h1")).to_contain_text("Enabling: ModuleBlackList")
    assert [o.verb for o in Operation.objects.order_by("pk")] == [Verb.INSTALL, Verb.ENABLE]


def test_a_lost_session_leads_to_the_login(signed_in: Callable[..., Page]) -> None:
    running = operation("ModuleBlackList", outcome=Outcome.RUNNING)
    page = signed_in()
    page.goto(f"/operations/{running.pk}/")
    page.context.clear_cookies(name="sid")
    expect(page.locator("#id_username")).to_be_visible()


def test_the_report_can_be_left_and_found_again(signed_in: Callable[..., Page]) -> None:
    waiting = upload("ModuleNew")
    page = signed_in()
    page.goto("/modules/upload/")
    page.locator("a", has_text="ModuleNew.zip").click()
    assert page.url.endswith(f"/uploads/{waiting.pk}/")
