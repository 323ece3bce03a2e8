"""The drop zone, and every way in which an upload goes wrong."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests.builders import mikopbx, module_json, zip_of
from tests.e2e.packages import ballast, black_list, file
from tests.e2e.site import PACKED_BYTES, Site, leftovers

pytestmark = pytest.mark.browser

DROP = """
([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
  const marked = zone.classList.contains("is-over");
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
  return marked;
}
"""


@pytest.fixture(autouse=True)
def unchanged(site: Site, page: Page) -> None:
    """Nothing is installed by any of these uploads."""
    page.goto("/modules/upload/")
    yield
    assert site.modules() == []


def drop(page: Page, name: str, content: bytes) -> None:
    assert page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def send(page: Page, name: str, content: bytes) -> None:
    page.locator("#package").set_input_files(file(name, content))
    page.get_by_role("button", name="Upload and check").click()


def test_a_dropped_file_is_sent_at_once_and_survives_leaving(site: Site, page: Page) -> None:
    drop(page, "dropped.zip", black_list())
    expect(page).to_have_url(re.compile("/uploads/"))
    report = page.url
    page.goto("/")
    waiting = page.get_by_role("region", name="Waiting for your decision")
    waiting.get_by_role("link", name="dropped.zip").click()
    expect(page).to_have_url(report)

    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".notice")).to_have_text("The package was discarded.")
    site.wait_for(lambda: leftovers(site) == [])
    assert page.goto(report).status == 404
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "Choose a .zip, .tar.gz or .tgz file."),
        ("empty.zip", b"", "The file is empty."),
        ("notes.zip", b"this is only text", "This is not a zip or tar.gz archive"),
        ("cut.zip", black_list()[:3000], "The archive ends too early."),
    ],
)
def test_what_is_no_package_is_refused_in_place(
    site: Site, page: Page, name: str, content: bytes, said: str
) -> None:
    send(page, name, content)
    problem = page.locator(".problem")
    expect(problem).to_contain_text(said)
    expect(problem).to_be_focused()
    expect(page.locator("#status")).not_to_be_empty()
    expect(page.get_by_role("heading", name="Upload a module")).to_be_visible()
    site.wait_for(lambda: leftovers(site) == [])

    send(page, "better.zip", black_list())
    expect(page).to_have_url(re.compile("/uploads/"))


def test_a_bad_manifest_is_shown_fault_by_fault(site: Site, page: Page) -> None:
    send(page, "bad.zip", zip_of({"module.json": module_json("../evil", "9" * 1000)}))
    errors = page.get_by_role("region", name="Errors")
    expect(errors.get_by_role("listitem")).to_have_count(2)
    expect(errors).to_contain_text("module.json")
    expect(page.get_by_role("button", name="Install")).to_have_count(0)
    site.wait_for(lambda: leftovers(site) == [])


def test_a_too_large_file_is_refused_before_it_is_kept(site: Site, page: Page) -> None:
    send(page, "large.zip", ballast(PACKED_BYTES + 200_000))
    expect(page.locator("main")).to_contain_text(re.compile("large|big", re.IGNORECASE))
    site.wait_for(lambda: leftovers(site) == [])


def test_an_archive_larger_than_a_package_may_be_names_the_limit(site: Site, page: Page) -> None:
    send(page, "large.zip", ballast(PACKED_BYTES + 1))
    expect(page.locator(".problem")).to_contain_text("3")
    site.wait_for(lambda: leftovers(site) == [])


def test_without_a_file_the_browser_asks_for_one(page: Page) -> None:
    page.get_by_role("button", name="Upload and check").click()
    assert page.locator("#package").evaluate("input => input.validity.valueMissing")


def test_a_lost_connection_says_that_nothing_was_installed(site: Site, page: Page) -> None:
    page.route("**/modules/upload/", lambda route: route.abort("connectionreset"))
    page.on("console", lambda said: None)
    page.locator("#package").set_input_files(file("x.zip", mikopbx("ModuleLost")))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator("#problem")).to_contain_text("Nothing was installed; try again.")
    expect(page.get_by_role("button", name="Upload and check")).to_be_visible()
