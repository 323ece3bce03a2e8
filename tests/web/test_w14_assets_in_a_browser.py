"""W14, M13 in chromium: assets as pages of their own run nothing; hostile text breaks no layout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.hostile import ASSETS, module_of_marks
from tests.web.site import Site, asset

pytestmark = [pytest.mark.server, pytest.mark.browser]

SHOWN = (".svg", ".js", ".png", ".PNG", ".txt", ".json", ".map", ".css", ".mp3")


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A window of the administrator, as narrow as a telephone."""
    opened = browser.new_context(
        base_url=site.base_url, viewport={"width": 390, "height": 800}, accept_downloads=True
    )
    opened.add_cookies(
        [{"name": n, "value": v, "url": site.base_url} for n, v in site.client.cookies.items()]
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("name", sorted(set(ASSETS) - {"good.js"}))
def test_w14_no_asset_runs_as_a_page_of_its_own(
    context: BrowserContext, site: Site, name: str
) -> None:
    path = asset(site, name)
    answer = site.client.get(path)
    assert answer.status == (200 if name.endswith(SHOWN) else 404)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(path)
    except Exception as error:  # a sound that cannot be played is offered as a download
        assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error)
    page.wait_for_timeout(150)
    assert not [url for url in asked if "ran" in url.rpartition("/")[2]]
    assert page.evaluate("document.documentElement.dataset?.ran ?? null") is None


def test_w14_the_trap_works(context: BrowserContext, site: Site) -> None:
    """The same text in a page without our headers runs, so the tests above can fail."""
    page = context.new_page()
    page.route("**/trap", lambda route: route.fulfill(
        body=str(ASSETS["evil.html"]), content_type="text/html"))  # fmt: skip
    page.goto("/trap")
    assert page.evaluate("document.documentElement.dataset.ran") == "1"


def test_m13_hostile_text_runs_nothing_and_breaks_no_layout(
    context: BrowserContext, site: Site
) -> None:
    operation = site.install(module_of_marks())
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    wide = {}
    paths = (
        "/", "/modules/", "/modules/ModuleMarks/", "/modules/ModuleMarks/remove/", "/operations/",
        f"/operations/{operation}/", "/modules/?q=" + "W" * 150,
    )  # fmt: skip
    for path in paths:
        page.goto(path)
        for fold in page.locator("main details:not([open]) > summary").all():
            fold.click()
        _hover_everything(page)
        assert page.evaluate("window.marked ?? null") is None, path
        overflow = page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        if overflow > 1:
            wide[path] = overflow
    assert dialogs == []
    assert wide == {}


def _hover_everything(page: Page) -> None:
    """Send what a mouse sends to every element: handlers smuggled in would run."""
    page.evaluate(
        "for (const one of document.querySelectorAll('*'))"
        " one.dispatchEvent(new MouseEvent('mouseover', {bubbles: false}))"
    )
