"""One server for the whole run, and windows of one chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.site import Site

PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def whole_run_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.prepare()
    site.start()
    try:
        assert site.client.login().status == 302
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(whole_run_site: Site) -> Iterator[Site]:
    """The server with no module on it, before and after each test."""
    yield whole_run_site
    whole_run_site.clear()


@pytest.fixture
def new_context(browser: Browser, whole_run_site: Site) -> Iterator[NewContext]:
    """Return a function that opens a window of its own, logged in unless ``login=False``.

    Every page must be free of script errors and of anything the content policy blocked.
    """
    site = whole_run_site
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def make(*, login: bool = True, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=site.base_url, **{"locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda said: _note(faults, said))
        if login:
            context.add_cookies(
                [
                    {"name": name, "value": value, "url": site.base_url}
                    for name, value in site.client.cookies.items()
                    if name in ("sid", "csrftoken")
                ]
            )
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """One page of the administrator."""
    return new_context().new_page()


_EXPECTED = (
    "the server responded with a status of 4",
    "Response Status Error Code 4",
    "net::ERR_CONNECTION_RESET",
)


_FAILS_ON_PURPOSE = "/m/ModuleRaises/"


def _note(faults: list[str], said: Any) -> None:
    """A refusal and a line that a test cut are no faults; anything else in the console is."""
    where = said.page.url if said.page else ""
    expected = where.endswith(_FAILS_ON_PURPOSE) or any(text in said.text for text in _EXPECTED)
    if said.type == "error" and not expected:
        faults.append(f"{said.text} at {where}")
