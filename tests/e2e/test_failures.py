"""Operations that fail say what, at which stage, what state the system is in now, what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.broken_modules import EXITS, RAISES, SLEEPS, at_import, in_hook, in_installer
from tests.builders import mikopbx
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

UNCHANGED = "Nothing has changed: the module is as it was before."

NOT_IN_THE_HOST = """
import sys
if "modules_app.host.arbiter" in sys.modules:
    raise ValueError("not here")
"""

BROKEN = {
    "raises": (
        in_installer("raise ValueError('wrong on purpose')"),
        ("install_files", "wrong on purpose", "mend the cause"),
    ),
    "says-no": (
        in_installer("self.messages.append('No line is free.')\nreturn False"),
        ("install_files", "No line is free.", "mend the cause"),
    ),
    "exits": (in_installer(EXITS[0]), ("without an answer",)),
    "does-not-import": (at_import(RAISES["ImportError"][0]), (RAISES["ImportError"][1],)),
    "hangs": (in_installer(SLEEPS), ("10",)),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_failed_installation_explains_itself(site: Site, page: Page, kind: str) -> None:
    files, said = BROKEN[kind]
    operation = site.install(mikopbx("ModuleBroken", files=files))
    assert site.outcome(operation) == "failed"

    page.goto(f"/operations/{operation}/")
    expect(page.locator(".outcome")).to_have_text("Failed")
    problem = page.locator(".problem")
    stage = "Try the code" if kind == "does-not-import" else "Set up and migrate"
    expect(problem).to_contain_text(f"It happened at the stage “{stage}”.")
    expect(problem).to_contain_text(UNCHANGED)
    problem.get_by_text("Details", exact=True).click()
    for words in said:
        expect(problem).to_contain_text(words)
    failed = page.locator(".stage-failed")
    expect(failed).to_contain_text(stage)
    expect(page.locator(".stage").last).to_contain_text("Not reached")
    assert site.modules() == [] and site.residue("ModuleBroken") == []


def test_details_can_be_copied(site: Site, page: Page) -> None:
    operation = site.install(mikopbx("ModuleBroken", files=BROKEN["raises"][0]))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/operations/{operation}/")
    page.get_by_text("Details", exact=True).click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "ValueError: wrong on purpose" in copied and f"#{operation}" in copied


def test_a_failed_upgrade_leaves_the_old_version_running(site: Site, page: Page) -> None:
    site.install(mikopbx("ModuleGood", files=at_import("")), enable=True)
    worse = mikopbx("ModuleGood", "1.1.0", files=in_installer("raise ValueError('no')"))
    operation = site.install(worse)
    page.goto(f"/operations/{operation}/")
    expect(page.locator(".problem")).to_contain_text(UNCHANGED)
    page.get_by_role("link", name="To the module").click()
    expect(page.locator("h1")).to_contain_text("1.0.0")
    expect(page.get_by_text("The module is loaded and in use.")).to_be_visible()


def test_a_module_that_does_not_load_is_put_back_to_disabled(site: Site, page: Page) -> None:
    site.install(mikopbx("ModuleLate", files=at_import(NOT_IN_THE_HOST)))
    page.goto("/modules/ModuleLate/")
    page.get_by_role("button", name="Enable").click()
    expect(page.locator(".outcome")).to_have_text("Failed")
    expect(page.locator(".problem")).to_contain_text("not here")
    expect(page.locator(".problem")).to_contain_text("The module was put back")
    page.get_by_role("link", name="To the module").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()


def test_a_module_that_does_not_agree_can_be_disabled_anyway(site: Site, page: Page) -> None:
    veto = in_hook(
        "on_before_module_disable", "self.messages.append('A call is on.')\nreturn False"
    )
    site.install(mikopbx("ModuleVeto", files=veto), enable=True)
    page.goto("/modules/ModuleVeto/disable/")
    page.get_by_role("button", name="Disable").click()
    expect(page.locator(".outcome")).to_have_text("Refused")
    expect(page.locator(".problem")).to_contain_text("A call is on.")
    expect(page.locator(".problem")).to_contain_text("Nothing has changed.")
    page.get_by_role("button", name="Disable anyway").click()
    expect(page.locator(".outcome")).to_have_text("Done")
