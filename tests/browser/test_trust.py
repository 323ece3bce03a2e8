"""The password page, sessions and audit in a real browser, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.backends.file import SessionStore as FileStore
from playwright.sync_api import Page, expect

from modules_app import audit
from modules_app.domain.operations import Outcome
from modules_app.models import Operation
from modules_app.permissions import Actor
from modules_app.selectors.sessions import session_store
from tests.axe import check
from tests.browser.conftest import sign_in
from tests.pages import PASSWORD, module, operation, person

pytestmark = pytest.mark.browser

FIELD = "Password of root"
SIZES = [(theme, width) for theme in ("light", "dark") for width in (1280, 360)]


@pytest.fixture(autouse=True)
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions of this test's own."""
    monkeypatch.setattr(FileStore, "_storage_path", str(tmp_path), raising=False)
    yield


def age_proof(page: Page) -> None:
    """Make it long ago that the password was typed."""
    key = next(one["value"] for one in page.context.cookies() if one["name"] == "sid")
    session = session_store(key)
    boot, running, clock = session["proof"]
    session["proof"] = [boot, running - 3600, clock - 3600]
    session.save()


def fill_audit() -> None:
    """Write events of many kinds."""
    anna = Actor("anna", "web", frozenset(), "192.0.2.7", "5f0c9a3be771", 734)
    shown = operation("ModuleOff", outcome=Outcome.DONE, package_sha256="c" * 64)
    for outcome, reason in (
        ("queued", ""), ("committed", ""), ("done", ""), ("denied", "not-allowed"),
        ("busy", "module-busy"), ("refused", "not-in-this-state"), ("failed", "does-not-load"),
    ):  # fmt: skip
        made = shown if outcome in ("queued", "committed", "done") else None
        audit.record(
            actor=anna, action="module-enable", target="ModuleOff", outcome=outcome,
            reason=reason, operation=made,
        )  # fmt: skip
    for outcome in ("asked", "failed", "passed", "cancelled"):
        audit.record(actor=anna, action="sudo", target="ModuleOff", outcome=outcome)
    system = Actor.system(channel="system", name="host")
    audit.record(
        actor=system, action="module-pause", target="ModuleWithQuiteALongIdThatMustWrapSomewhere",
        outcome="done", detail={"error": "ImportError: " + "long" * 60},
    )  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), SIZES)
def test_every_page_of_trust(
    signed_in: Callable[..., Page], transactional_db: None, theme: str, width: int
) -> None:
    module("ModuleOff")
    fill_audit()
    page = signed_in(theme=theme, width=width)
    for address in ("/audit/", "/audit/?actor=nobody", "/audit/?since=yesterday", "/sessions/",
                    "/sessions/?who=all", "/password/"):  # fmt: skip
        page.goto(address)
        seen(page, f"{address}-{theme}-{width}")
    age_proof(page)
    page.goto("/modules/ModuleOff/remove/")
    page.locator("main button.btn-danger").click()
    page.wait_for_url("**/confirm/**")
    seen(page, f"confirm-{theme}-{width}")
    page.get_by_label(FIELD).fill("wrong")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen(page, f"confirm-wrong-{theme}-{width}")


def seen(page: Page, name: str) -> None:
    """Check what stands there now."""
    page.wait_for_load_state("networkidle")
    check(page, name)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


@pytest.mark.parametrize("script", [True, False])
def test_a_removal_goes_through_the_password(
    signed_in: Callable[..., Page], transactional_db: None, script: bool
) -> None:
    module("ModuleOff")
    page = signed_in(script=script)
    page.goto("/modules/")
    age_proof(page)
    page.locator("#row-ModuleOff a[href*='/remove/']").click()
    page.get_by_role("button", name="Remove", exact=True).last.click()
    expect(page.get_by_label(FIELD)).to_be_focused()
    expect(page.locator("main")).to_contain_text("Remove “ModuleOff”")
    page.get_by_label(FIELD).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not your password")
    assert not Operation.objects.exists()
    page.get_by_label(FIELD).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*/")
    assert Operation.objects.get().verb == "remove"


def test_cancelling_leads_back(signed_in: Callable[..., Page], transactional_db: None) -> None:
    module("ModuleOff")
    page = signed_in()
    page.goto("/modules/ModuleOff/remove/")
    age_proof(page)
    page.locator("main button.btn-danger").click()
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url("**/modules/ModuleOff/remove/")
    assert not Operation.objects.exists()


def test_a_page_that_asks_for_news_survives_the_new_key(
    signed_in: Callable[..., Page], transactional_db: None
) -> None:
    """Another tab polls with the old key while the password is typed; nobody is logged out."""
    module("ModuleOff")
    page = signed_in()
    news = page.context.new_page()
    news.goto("/operations/")
    page.goto("/modules/ModuleOff/remove/")
    age_proof(page)
    page.locator("main button.btn-danger").click()
    page.get_by_label(FIELD).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*/")
    expect(news.locator("#operations")).to_contain_text("ModuleOff", timeout=20_000)
    news.reload()
    expect(news).to_have_url("/operations/")


def test_a_session_is_ended_from_another_browser(
    signed_in: Callable[..., Page], open_page: Callable[..., Page], live_server: object
) -> None:
    here = signed_in()
    there = open_page(str(live_server))
    sign_in(there, "root", PASSWORD)
    here.goto("/sessions/")
    expect(here.locator("tbody tr")).to_have_count(2)
    here.locator("tbody tr").filter(has_not_text="this one").get_by_role("button").click()
    expect(here.locator("main")).to_contain_text("was ended")
    there.goto("/modules/")
    expect(there.get_by_label("Username")).to_be_visible()


def test_the_audit_is_saved_as_a_file(
    signed_in: Callable[..., Page], transactional_db: None, tmp_path: Path
) -> None:
    person(name="anna")
    fill_audit()
    page = signed_in()
    page.goto("/audit/?actor=anna")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    waiting.value.save_as(tmp_path / "audit.csv")
    text = (tmp_path / "audit.csv").read_text()
    assert text.startswith("id,at,actor") and "root" not in text and "module-enable" in text
