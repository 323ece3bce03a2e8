"""From the printed link to the empty list that says what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.site import Site
from tests.server.running import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.prepare(user=False)
    site.start()
    yield site
    site.stop()


def test_the_first_administrator_is_led_to_the_first_module(
    fresh: Site, browser: Browser
) -> None:
    fresh.wait_for(lambda: "/setup/" in fresh.output)
    link = re.search(r"http://\S+/setup/\S+", fresh.output)[0]
    context = browser.new_context(base_url=fresh.base_url, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()

    page.goto("/modules/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("body")).to_contain_text("no user yet")
    page.goto(link)
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password, once more").fill("short")
    page.get_by_role("button", name="Create the administrator").click()
    expect(page.get_by_role("alert")).to_contain_text("12 characters")

    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Create the administrator").click()
    expect(page).to_have_url(re.compile("/login/"))
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{fresh.base_url}/")

    page.get_by_role("link", name="Modules", exact=True).click()
    expect(page.get_by_text("No modules yet")).to_be_visible()
    page.get_by_role("link", name="Upload the first module").click()
    expect(page.get_by_role("heading", name="Upload a module")).to_be_visible()

    assert page.goto(link).status == 404
    context.close()
