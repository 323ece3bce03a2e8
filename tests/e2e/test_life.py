"""The examples' whole life, as an administrator lives it in the browser (issue 1.2 to 1.5)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.packages import ballast, black_list, file, hello
from tests.e2e.site import Site, leftovers

pytestmark = pytest.mark.browser

STAGES = [
    "Verify the package",
    "Copy the files",
    "Try the code",
    "Set up and migrate",
    "Switch over",
]


def send(page: Page, name: str, package: bytes) -> None:
    """Choose a file and upload it; the report opens."""
    page.goto("/modules/upload/")
    page.locator("#package").set_input_files(file(name, package))
    page.get_by_role("button", name="Upload and check").click()
    expect(page).to_have_url(re.compile("/uploads/"))


def press_install(page: Page, button: str = "Install") -> str:
    """Press the button of the report and wait for the end; return the operation's address."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(re.compile(r"/operations/\d+/"))
    expect(page.locator(".outcome")).to_have_text("Done")
    return page.url


def outcome(page: Page) -> None:
    expect(page.locator(".outcome")).to_have_text("Done")


def slow_down(context: BrowserContext, page: Page) -> None:
    """Give the page a slow line, so that what it shows meanwhile can be seen."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 400_000},
    )


def test_bytes_are_counted_while_a_package_is_sent(
    site: Site, new_context: NewContext
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/modules/upload/")
    slow_down(context, page)
    package = black_list(**{"sounds/silence.bin": ballast(700_000)})
    page.locator("#package").set_input_files(file("slow.zip", package))
    page.get_by_role("button", name="Upload and check").click()

    expect(page.locator(".upload-name")).to_have_text("slow.zip")
    expect(page.locator("#upload-text")).to_contain_text(re.compile(r"Sending: [\d.]+ kB / \d+"))
    expect(page).to_have_url(re.compile("/uploads/"))
    assert site.modules() == []


def test_the_report_says_everything_before_anything_runs(site: Site, page: Page) -> None:
    send(page, "ModuleBlackList.zip", black_list())

    facts = page.locator("dl.facts")
    for said in ("ModuleBlackList", "1.0.0", "MikoPBX", "Python", "PBX Admin examples", "Files"):
        expect(facts).to_contain_text(said)
    brings = page.get_by_role("region", name="What it brings")
    for said in ("m_BlackListNumbers", "Black list", "on_after_module_enable", "en, ru"):
        expect(brings).to_contain_text(said)
    expect(page.get_by_role("region", name="On this system")).to_contain_text("Works here")
    assert site.modules() == []
    page.reload()
    expect(facts).to_contain_text("ModuleBlackList")

    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".notice")).to_have_text("The package was discarded.")
    site.wait_for(lambda: leftovers(site) == [])


def test_the_black_list_lives_its_whole_life(
    site: Site, new_context: NewContext, page: Page, tmp_path: Path
) -> None:
    other = new_context().new_page()
    install_and_watch(page, other, tmp_path / "closed")
    enable_and_use(page)
    edit_raw_records(page)
    place_in_sidebar(page)
    upgrade_keeps_everything(page)
    disable_keeps_the_data(page, other)
    remove_and_come_back(site, page)
    remove_for_good(site, page)


def install_and_watch(page: Page, other: Page, gate: Path) -> None:
    gate.touch()
    slow = (
        "import os, time\n\n\ndef pause():\n"
        f"    while os.path.exists({str(gate)!r}):\n        time.sleep(0.05)\n"
    )
    installer = (
        "from modules_app.sdk import PbxExtensionSetupBase\n"
        "from .main import BlackListMain\n"
        "from .slow import pause\n\n\n"
        "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
        "    def install_db(self):\n"
        "        pause()\n"
        "        done = self.create_tables_from_models() and self.register_new_module()\n"
        "        BlackListMain().seed()\n"
        "        return done and self.add_to_sidebar()\n\n"
        "    def add_to_sidebar(self):\n"
        "        return self.place_in_sidebar(group='security', icon='ban')\n"
    )
    send(page, "black.zip", black_list("0.9.0", **{"installer.py": installer, "slow.py": slow}))
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(r"/operations/\d+/"))
    current = page.locator(".stage[aria-current=step]")
    expect(current).to_contain_text("Set up and migrate")
    expect(page.locator("#status")).to_have_text("Set up and migrate")
    page.reload()
    other.goto(page.url)
    for window in (page, other):
        expect(window.locator(".stage-name")).to_have_text(STAGES)
        expect(window.locator(".stage[aria-current=step]")).to_contain_text("Set up and migrate")
    gate.unlink()
    for window in (page, other):
        outcome(window)
        expect(window.locator(".stage-done")).to_have_count(len(STAGES))
    expect(page.get_by_role("link", name="Open", exact=True)).to_have_count(0)


def enable_and_use(page: Page) -> None:
    page.locator("#progress").get_by_role("button", name="Enable").click()
    outcome(page)
    expect(page.locator("#progress")).to_contain_text("Blocked numbers: 1.")
    link = page.get_by_role("list", name="Security").get_by_role("link", name="Black list")
    link.click()
    expect(page).to_have_url(re.compile("/m/ModuleBlackList/$"))
    table = page.locator("#black-list-table")
    expect(table).to_contain_text("0000000000")
    expect(page.get_by_role("link", name="Black list")).to_have_attribute("aria-current", "page")

    page.get_by_role("textbox", name="Number").fill("not a number")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter 2 to 31 digits.")
    page.get_by_role("textbox", name="Number").fill("+4912345")
    page.get_by_role("textbox", name="Description").fill("<b>nobody</b>")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.locator(".notice")).to_have_text("Calls from +4912345 are refused.")
    expect(table).to_contain_text("<b>nobody</b>")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete 0000000000").click()
    expect(table).not_to_contain_text("0000000000")


def edit_raw_records(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="ModuleBlackList").click()
    expect(page).to_have_url(re.compile("/m/ModuleBlackList/admin/"))
    page.get_by_role("link", name="Blocked numbers").first.click()
    page.get_by_role("link", name="+4912345").click()
    page.get_by_label("Description").fill("changed in the records")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("changed in the records")
    page.goto("/m/ModuleBlackList/")
    expect(page.locator("#black-list-table")).to_contain_text("changed in the records")


def place_in_sidebar(page: Page) -> None:
    page.goto("/modules/ModuleBlackList/")
    form = page.get_by_role("region", name="Place in the sidebar")
    form.get_by_label("Group").select_option("routing")
    form.get_by_label("Caption").fill("Unwanted callers")
    form.get_by_label("Order").fill("7")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_have_text("The sidebar is up to date.")
    placed = page.get_by_role("list", name="Routing").get_by_role("link", name="Unwanted callers")
    expect(placed).to_be_visible()
    page.get_by_label("Show in the sidebar").uncheck()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Unwanted callers")).to_have_count(0)


def upgrade_keeps_everything(page: Page) -> None:
    send(page, "black-1.1.0.zip", black_list("1.1.0"))
    press_install(page, "Upgrade")
    page.goto("/modules/ModuleBlackList/")
    expect(page.locator("h1")).to_contain_text("1.1.0")
    expect(page.get_by_text("The module is loaded and in use.")).to_be_visible()
    expect(page.get_by_role("link", name="Unwanted callers")).to_have_count(0)
    form = page.get_by_role("region", name="Place in the sidebar")
    expect(form.get_by_label("Order")).to_have_value("7")
    page.get_by_label("Show in the sidebar").check()
    form.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Unwanted callers").click()
    expect(page.locator("#black-list-table")).to_contain_text("+4912345")


def disable_keeps_the_data(page: Page, other: Page) -> None:
    page.goto("/modules/")
    row = page.locator("#row-ModuleBlackList")
    row.get_by_role("link", name="Disable").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row.get_by_role("link", name="Disable")).to_be_focused()
    row.get_by_role("link", name="Disable").click()
    dialog.get_by_role("button", name="Disable").click()
    outcome(page)
    expect(page.get_by_role("link", name="Unwanted callers")).to_have_count(0)
    answer = other.goto("/m/ModuleBlackList/")
    assert answer is not None and answer.status in (404, 409, 503)
    expect(other.get_by_role("alert")).to_contain_text("Its data is kept.")
    other.get_by_role("link", name="To the module").click()
    expect(other.get_by_text("its data is kept")).to_be_visible()


def remove_and_come_back(site: Site, page: Page) -> None:
    page.goto("/modules/ModuleBlackList/")
    page.get_by_role("link", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Keep them")).to_be_checked()
    dialog.get_by_role("button", name="Remove").click()
    outcome(page)
    page.goto("/")
    expect(page.get_by_role("region", name="Data of removed modules")).to_contain_text(
        "ModuleBlackList"
    )
    assert page.goto("/m/ModuleBlackList/").status == 404

    send(page, "ModuleBlackList.zip", black_list("1.1.0"))
    page.get_by_label("Enable it after the installation").check()
    press_install(page)
    page.get_by_role("link", name="Watch the enabling").click()
    outcome(page)
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.locator("#black-list-table")).to_contain_text("+4912345")
    expect(page.get_by_role("list", name="Routing")).to_contain_text("Unwanted callers")


def remove_for_good(site: Site, page: Page) -> None:
    page.goto("/modules/ModuleBlackList/remove/")
    page.get_by_role("radio", name="Delete them").check()
    page.get_by_label("To delete the data, type ModuleBlackList").fill("modulebl")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the id of the module exactly")
    assert site.modules() == ["ModuleBlackList"]
    page.get_by_label("To delete the data, type ModuleBlackList").fill("ModuleBlackList")
    page.get_by_role("button", name="Remove").click()
    outcome(page)
    assert site.modules() == [] and site.residue("ModuleBlackList") == []
    for table in ("menuitem", "keptdata", "pbxsetting"):
        kept = site.rows(f"SELECT * FROM modules_app_{table}")
        assert not [row for row in kept if "ModuleBlackList" in str(row)]
    page.get_by_role("link", name="All modules").click()
    expect(page.get_by_text("No modules yet")).to_be_visible()


def test_hello_pbx_lives_its_life_in_russian(site: Site, new_context: NewContext) -> None:
    context = new_context()
    context.add_cookies([{"name": "pbx_language", "value": "ru", "url": site.base_url}])
    page = context.new_page()
    page.goto("/modules/upload/")
    page.locator("#package").set_input_files(file("hellopbx-1.0.0.tar.gz", hello()))
    page.locator(".form-actions button").click()
    expect(page).to_have_url(re.compile("/uploads/"))
    expect(page.locator("main")).to_contain_text("hellopbx_greetings")
    page.locator("#enable").check()
    page.locator(".decision .btn-primary").click()
    expect(page.locator("#progress .outcome")).to_have_text("Готово")
    page.locator("#progress .btn-primary").first.click()
    expect(page.locator("#progress .outcome")).to_have_text("Готово")

    page.goto("/m/hellopbx/")
    expect(page.get_by_role("heading", name="Здравствуй, АТС")).to_be_visible()
    page.get_by_label("Имя").fill("Ольга")
    page.get_by_role("button", name="Поприветствовать").click()
    expect(page.locator("main")).to_contain_text("Ольга: 1")
    expect(page.locator("#sidebar")).to_contain_text("Hello PBX")
    site.act("hellopbx", "disable")
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    site.act("hellopbx", "remove", data="delete", typed="hellopbx")
    assert site.modules() == [] and site.residue("hellopbx") == []
