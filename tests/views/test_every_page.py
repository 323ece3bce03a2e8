"""What holds for every page: it answers, is strict about methods, trusts no text of a package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules_app.domain.operations import Outcome
from modules_app.permissions import Right
from tests.pages import (
    Browser,
    finding,
    hook_result,
    kept_data,
    menu_item,
    module,
    operation,
    person,
    report,
    upload,
)

MARK = "<script>mark()</script>{{ 7|add:7 }}{% debug %}"


@pytest.fixture
def addresses(db: None) -> list[str]:
    """Every address that shows a page, with records behind them."""
    shown = module("ModuleShown", wanted="on")
    menu_item(shown)
    module("ModuleOff")
    paused = module("ModulePaused", wanted="on", fault="paused", reason_text="It crashed.")
    hook_result(paused, ok=False)
    failed = operation(
        "ModuleOff",
        outcome=Outcome.FAILED,
        error={"slug": "x", "message": "It failed.", "context": {}, "hint": "Mend it."},
    )
    running = operation("ModuleShown", outcome=Outcome.RUNNING, quiet_for=60)
    waiting = upload("ModuleNew")
    kept_data("ModuleOld")
    return [
        "/",
        "/modules/",
        "/modules/?q=nothing-matches",
        "/modules/?state=enabled&sort=-version",
        "/modules/upload/",
        "/modules/ModuleShown/",
        "/modules/ModuleOff/enable/",
        "/modules/ModuleOff/disable/",
        "/modules/ModuleOff/remove/",
        "/modules/ModuleOff/repair/",
        "/modules/ModuleOff/purge/",
        "/modules/ModulePaused/",
        f"/uploads/{waiting.pk}/",
        "/operations/",
        "/operations/?module=ModuleOff",
        f"/operations/{failed.pk}/",
        f"/operations/{running.pk}/",
        "/api-keys/",
        "/api-keys/new/",
        "/api/",
        "/settings/",
        "/firewall/",
        "/firewall/networks/add/",
        "/fail2ban/",
        "/events/",
        "/kept/ModuleOld/delete/",
    ]


def test_every_page_answers_in_both_languages(admin_page: Client, addresses: list[str]) -> None:
    for language in ("en", "ru"):
        admin_page.cookies["pbx_language"] = language
        for address in addresses:
            response = admin_page.get(address)
            assert response.status_code == 200, address
            assert f'<html lang="{language}"' in response.content.decode()


def test_no_page_has_inline_script_style_or_remote_files(
    admin_page: Client, addresses: list[str]
) -> None:
    for address in addresses:
        html = admin_page.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html), address
        assert not re.search(r"<style|\sstyle=|\shx-on|\son[a-z]+=", html), address
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html), address


def test_every_page_has_one_status_region_one_heading_and_a_skip_link(
    admin_page: Client, addresses: list[str]
) -> None:
    for address in addresses:
        html = admin_page.get(address).content.decode()
        assert html.count('role="status"') == 1, address
        assert html.count("<h1") == 1, address
        assert 'class="skip-link" href="#content"' in html


def test_every_page_carries_the_token_at_most_once_per_form(
    admin_page: Client, addresses: list[str]
) -> None:
    html = admin_page.get("/modules/").content.decode()
    assert html.count("csrfmiddlewaretoken") == 1


def test_nothing_a_package_says_becomes_markup(admin_page: Client) -> None:
    marked = report(
        "ModuleEvil",
        name=MARK,
        version=MARK,
        publisher=MARK,
        license=MARK,
        titles={"en": MARK},
        descriptions={"en": MARK},
        hooks=[MARK],
        info_link="javascript:mark()",
        menu=[{"key": "main", "caption": MARK}],
        warnings=[finding("warning", "Odd: {odd}", odd=MARK)],
    )
    evil = module(
        "ModuleEvil", wanted="on", fault="paused", previous={"version": MARK},
        previous_generation="g0", checks=marked_checks(),
        titles={"en": MARK}, descriptions={"en": MARK}, publisher=MARK,
        version=MARK[:60], reason_text=MARK, facts=marked,
    )  # fmt: skip
    hook_result(evil, ok=False, hook=MARK[:60], error=MARK, traceback=MARK)
    menu_item(evil, caption=MARK, icon=MARK[:50])
    failed = operation(
        "ModuleEvil",
        outcome=Outcome.FAILED,
        error={"slug": "x", "message": "Said {said}", "context": {"said": MARK}, "hint": ""},
        messages=[{"text": "{said}", "context": {"said": MARK}}],
    )
    waiting = upload("ModuleEvil")
    waiting.report = marked
    waiting.filename = MARK
    waiting.save()
    for address in (
        "/", "/modules/", "/modules/ModuleEvil/", "/modules/ModuleEvil/remove/", "/operations/",
        f"/operations/{failed.pk}/", f"/uploads/{waiting.pk}/",
    ):  # fmt: skip
        html = admin_page.get(address).content.decode()
        assert "<script>mark" not in html, address
        assert "javascript:mark" not in html, address
        assert ">14<" not in html, address


def marked_checks() -> dict[str, Any]:
    """Return results of checks that hold the mark."""
    at = {"at": "2026-01-01T12:00:00+00:00", "generation": "g1"}
    return {
        "files": {**at, "problems": [MARK], "data": MARK},
        "preflight": {**at, "weak": [MARK]},
    }


def _actions(module_id: str) -> Iterator[str]:
    for verb in ("enable", "disable", "remove", "rollback", "repair", "purge", "verify", "place"):
        yield f"/modules/{module_id}/{verb}/"


def test_posts_without_a_token_are_refused(db: None) -> None:
    client = Browser(enforce_csrf_checks=True)
    client.force_login(person(*Right), backend="django.contrib.auth.backends.ModelBackend")
    module()
    waiting = upload("ModuleNew")
    for address in (
        *_actions("ModuleBlackList"),
        f"/uploads/{waiting.pk}/install/",
        f"/uploads/{waiting.pk}/discard/",
        "/settings/",
        "/language/",
        "/theme/",
        "/logout/",
    ):
        assert client.post(address).status_code == 403, address


def test_addresses_that_only_take_posts_say_so(admin_page: Client) -> None:
    module()
    waiting = upload("ModuleNew")
    for address in (
        "/modules/ModuleBlackList/place/",
        "/modules/ModuleBlackList/verify/",
        f"/uploads/{waiting.pk}/install/",
        f"/uploads/{waiting.pk}/discard/",
        "/language/",
        "/theme/",
    ):
        response = admin_page.get(address)
        assert response.status_code == 405, address
        assert response["Allow"] == "POST"
        assert "Not like that" in response.content.decode()


def test_strangers_are_sent_to_the_login(db: None, client: Client) -> None:
    person()
    for address in ("/", "/modules/", "/operations/", "/settings/", "/modules/x/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"] == f"/login/?next={address}"


PAGES_BY_RIGHT = {
    "/": Right.VIEW,
    "/modules/": Right.VIEW,
    "/modules/ModuleBlackList/": Right.VIEW,
    "/operations/": Right.VIEW,
    "/modules/ModuleBlackList/enable/": Right.OPERATE,
    "/modules/ModuleBlackList/disable/": Right.OPERATE,
    "/modules/ModuleBlackList/remove/": Right.REMOVE,
    "/modules/ModuleBlackList/repair/": Right.INSTALL,
    "/modules/ModuleBlackList/purge/": Right.REMOVE,
    "/modules/upload/": Right.INSTALL,
    "/settings/": Right.INSTALL,
    "/firewall/": Right.VIEW,
    "/firewall/networks/add/": Right.INSTALL,
    "/fail2ban/": Right.VIEW,
}


@pytest.mark.parametrize("right", list(Right))
def test_a_right_opens_its_own_pages_and_no_others(client: Client, db: None, right: Right) -> None:
    module()
    client.force_login(person(right), backend="django.contrib.auth.backends.ModelBackend")
    for address, needed in PAGES_BY_RIGHT.items():
        expected = 200 if needed is right else 403
        assert client.get(address).status_code == expected, address


def test_the_module_list_asks_the_database_the_same_whatever_its_length(
    admin_page: Client,
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin_page.get("/modules/").status_code == 200
        return len(queries)

    module("ModuleFirst", wanted="on")
    count()
    few = count()
    for number in range(30):
        menu_item(module(f"ModuleNumber{number}", wanted="on"))
    count()  # what new packages need is read once
    assert count() == few
