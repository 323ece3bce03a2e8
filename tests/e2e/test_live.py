"""One timeline for web and command line; two at once, double clicks, cancelling (W10, W11)."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.broken_modules import in_hook, in_installer
from tests.builders import mikopbx
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site, said
from tests.server.running import ROOT

pytestmark = pytest.mark.browser

WAITS = """
import time
from pathlib import Path
while Path({gate!r}).exists():
    time.sleep(0.05)
return True
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """As long as this file exists, the module under test does not go on."""
    path = tmp_path / "closed"
    path.touch()
    return path


def waiting_installer(gate: Path) -> bytes:
    return mikopbx("ModuleSlow", files=in_installer(WAITS.format(gate=str(gate))))


def test_what_the_command_line_does_shows_live_in_the_browser(
    site: Site, page: Page, gate: Path, tmp_path: Path
) -> None:
    package = tmp_path / "slow.zip"
    package.write_bytes(waiting_installer(gate))
    page.goto("/operations/")
    command = subprocess.Popen(
        [sys.executable, "manage.py", "module", "install", str(package), "--yes", "--json"],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    page.get_by_text("Nothing has been done yet").or_(page.locator("table")).wait_for()
    entry = page.locator("tbody tr", has_text="ModuleSlow").first
    expect(entry).to_contain_text("Running")
    expect(entry).to_contain_text("command line")
    entry.get_by_role("link").first.click()
    expect(page.locator(".stage[aria-current=step]")).to_contain_text("Set up and migrate")
    gate.unlink()
    expect(page.locator(".outcome")).to_have_text("Done")
    output, _nothing = command.communicate(timeout=60)
    assert command.returncode == 0 and '"outcome": "done"' in output


def test_what_the_browser_does_shows_on_the_command_line(
    site: Site, page: Page, gate: Path
) -> None:
    hook = in_hook("on_before_module_enable", WAITS.format(gate=str(gate)))
    site.install(mikopbx("ModuleSlow", files=hook))
    page.goto("/modules/")
    row = page.locator("#row-ModuleSlow")
    row.get_by_role("button", name="Enable").click()
    expect(row).to_contain_text("Working")
    listed = site.manage("module", "list", "--json").stdout
    assert '"state": "working"' in listed
    onlooker = page.context.new_page()
    onlooker.goto("/modules/")
    gate.unlink()
    expect(onlooker.locator("#row-ModuleSlow")).to_contain_text("Enabled")
    expect(row).to_contain_text("Enabled")
    expect(row.get_by_role("link", name="Disable")).to_be_visible()
    assert '"outcome": "done"' in site.manage("module", "operations", "--json").stdout


def test_a_hanging_installation_is_cancelled(site: Site, page: Page, gate: Path) -> None:
    site.wait_for(site.is_quiet)
    send_and_install(page, waiting_installer(gate))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".outcome")).to_have_text("Cancelled")
    expect(page.locator("main")).to_contain_text("It was cancelled before anything changed.")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert site.modules() == [] and site.residue("ModuleSlow") == []


def test_the_second_who_acts_is_led_to_the_first(
    site: Site, new_context: NewContext, page: Page, gate: Path
) -> None:
    hook = in_hook("on_before_module_enable", WAITS.format(gate=str(gate)))
    site.install(mikopbx("ModuleSlow", files=hook))
    late = new_context().new_page()
    late.goto("/modules/ModuleSlow/")
    too_late = new_context().new_page()
    too_late.goto("/modules/")
    page.goto("/modules/ModuleSlow/")
    page.get_by_role("button", name="Enable").click()
    expect(page).to_have_url(re.compile(r"/operations/\d+/"))

    late.get_by_role("button", name="Enable").click()
    expect(late.get_by_role("heading", name="Busy")).to_be_visible()
    too_late.locator("#row-ModuleSlow").get_by_role("button", name="Enable").click()
    problem = too_late.locator("#problem")
    expect(problem).to_be_focused()
    for window in (late, too_late):
        window.get_by_role("link", name="Open the running operation").click()
        expect(window).to_have_url(page.url)
    refused = site.manage("module", "disable", "ModuleSlow", "--yes", "--json", check=False)
    assert refused.returncode == 5
    gate.unlink()
    for window in (page, late, too_late):
        expect(window.locator(".outcome")).to_have_text("Done")


def test_a_double_click_is_one_operation(site: Site, page: Page, gate: Path) -> None:
    hook = in_hook("on_before_module_enable", WAITS.format(gate=str(gate)))
    site.install(mikopbx("ModuleSlow", files=hook))
    before = site.rows("SELECT max(id) FROM modules_app_operation")[0][0]
    page.goto("/modules/ModuleSlow/")
    page.get_by_role("button", name="Enable").dblclick()
    expect(page).to_have_url(re.compile(rf"/operations/{before + 1}/"))
    gate.unlink()
    expect(page.locator(".outcome")).to_have_text("Done")
    assert site.rows("SELECT max(id) FROM modules_app_operation")[0][0] == before + 1


def test_the_same_form_sent_twice_at_once_is_one_operation(site: Site) -> None:
    site.install(mikopbx("ModuleTwice"))
    before = site.rows("SELECT max(id) FROM modules_app_operation")[0][0]
    form = {"request_key": "the same"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _n: site.client.post("/modules/ModuleTwice/enable/", form), range(6))
        )
    assert [said(answer) for answer in answers if answer.status != 302] == []
    assert {answer.headers["Location"] for answer in answers} == {f"/operations/{before + 1}/"}
    site.follow(answers[0])


def send_and_install(page: Page, package: bytes) -> None:
    page.goto("/modules/upload/")
    page.locator("#package").set_input_files(
        {"name": "slow.zip", "mimeType": "application/zip", "buffer": package}
    )
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page.locator(".stage[aria-current=step]")).to_contain_text("Set up and migrate")
