"""A real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import PASSWORD, administrator


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page; a script error or a blocked file fails the test."""
    contexts = []
    problems: list[str] = []

    def open_(
        base_url: str, *, theme: str = "light", width: int = 1280, script: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=base_url,
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: _note(problems, said.type, said.text))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def _note(problems: list[str], kind: str, text: str) -> None:
    # An answer such as 404 or 422 is reported as an error too; tests look at those themselves.
    expected = "the server responded with a status of" in text or "Response Status Error" in text
    if kind == "error" and not expected:
        problems.append(text)


@pytest.fixture
def signed_in(open_page: Callable[..., Page], live_server: object) -> Callable[..., Page]:
    """Return a function that opens a page on the live server, signed in with every right."""
    administrator()

    def open_(**options: object) -> Page:
        page = open_page(str(live_server), **options)
        sign_in(page, "root", PASSWORD)
        return page

    return open_


def sign_in(page: Page, username: str, password: str) -> None:
    """Log in through the form."""
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("main button")
    page.wait_for_selector("h1:has-text('Overview'), .page-head")
