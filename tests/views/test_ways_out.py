"""Every module that does not run says who, when and why, and has one button that leads out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Reason, Verb
from modules_app.models import Module, StoredPackage
from modules_app.permissions import Right
from tests.pages import module, operation, person

PREVIOUS = {
    "previous": {"version": "1.1.9", "generation": "g0", "epoch": "e0", "by": "upgrade"},
    "previous_generation": "g0",
    "previous_epoch": "e0",
}
CRASHED = {
    "wanted": "on",
    "fault": "paused",
    "reason_code": Reason.BY_CRASH_LOOP,
    "reason_text": "GET /m/ModuleBlackList/ ended the process.",
    "reason_actor": "host",
}
ADDRESS = "/modules/ModuleBlackList/"


def trouble(**fields: Any) -> Module:
    return module(**{"reason_at": timezone.now(), **fields})


def keep_package() -> None:
    StoredPackage.objects.create(
        sha256="b" * 64,
        module_id="ModuleBlackList",
        version="1.2.0",
        filename="x.zip",
        size_bytes=1,
        stored_at=timezone.now(),
    )


def primary(html: str) -> list[str]:
    """Return the words on the buttons that stand out in the part that decides."""
    card = html.partition('class="card card-body decision"')[2].partition("</section>")[0]
    found = re.findall(r'class="btn btn-(?:primary|danger)"[^>]*>(.*?)</(?:a|button)>', card, re.S)
    return [" ".join(re.sub(r"<[^>]*>", " ", words).split()) for words in found]


def page_of(client: Client, address: str = ADDRESS) -> str:
    return str(client.get(address).content.decode())


ROWS: list[tuple[dict[str, Any], str]] = [
    ({}, "Enable"),
    ({"reason_code": Reason.BY_USER, "reason_actor": "anna"}, "Enable"),
    ({"reason_code": Reason.BY_EXCEPTION, **PREVIOUS}, "Return to 1.1.9"),
    (CRASHED, "Enable again"),
    ({**CRASHED, **PREVIOUS}, "Return to 1.1.9"),
    ({"wanted": "on", "fault": "incompatible"}, "Upload another version"),
    ({"wanted": "on", "fault": "damaged", "reason_code": Reason.FILES_DAMAGED}, "Repair"),
    ({"wanted": "on", "fault": "damaged", "reason_code": Reason.DATA_DAMAGED}, "Remove"),
    ({"wanted": "on", "fault": "blocked", "reason_text": "It needs core 18."}, "Disable"),
]


@pytest.mark.parametrize(("fields", "button"), ROWS)
def test_one_button_leads_out_of_every_state(
    admin_page: Client, fields: dict[str, Any], button: str
) -> None:
    keep_package()
    trouble(**fields)
    assert primary(page_of(admin_page)) == [button]
    assert button in page_of(admin_page, "/modules/")


def test_an_enabled_module_has_nothing_to_be_led_out_of(admin_page: Client) -> None:
    module(wanted="on", **PREVIOUS)
    html = page_of(admin_page)
    assert primary(html) == []
    assert "Return to 1.1.9" in html


def test_without_its_package_a_damaged_module_needs_another(admin_page: Client) -> None:
    trouble(wanted="on", fault="damaged", reason_code=Reason.FILES_DAMAGED)
    assert primary(page_of(admin_page)) == ["Upload another version"]


@pytest.mark.parametrize("address", ["/", "/modules/", ADDRESS])
def test_who_when_and_why_stand_beside_the_state(admin_page: Client, address: str) -> None:
    at = timezone.now() - timedelta(days=3)
    trouble(**{**CRASHED, "reason_at": at})
    html = page_of(admin_page, address)
    for told in (
        "Paused",
        "Switched off because it crashed again and again.",
        "GET /m/ModuleBlackList/ ended the process.",
        "the system itself",
        f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
    ):
        assert told in html, told


def test_a_module_that_was_never_enabled_says_so(admin_page: Client) -> None:
    module()
    assert "It has not been enabled since it was installed." in page_of(admin_page)
    assert "Not enabled yet." in page_of(admin_page, "/modules/")
    assert "Someone has to act" not in page_of(admin_page, "/")


def test_what_went_off_by_itself_stands_on_the_overview(admin_page: Client) -> None:
    trouble(reason_code=Reason.BY_EXCEPTION, reason_text="ValueError: no")
    html = page_of(admin_page, "/")
    assert "Someone has to act" in html and "ValueError: no" in html


def test_a_long_reason_is_cut_and_folded(admin_page: Client) -> None:
    trouble(**{**CRASHED, "reason_text": "no " * 300 + "the very end"})
    assert "Everything that was said" in page_of(admin_page)
    assert "the very end" in page_of(admin_page)
    assert "the very end" not in page_of(admin_page, "/modules/")


def test_who_may_not_press_it_is_told_what_the_way_out_is(client: Client, db: None) -> None:
    trouble(**{**CRASHED, **PREVIOUS})
    client.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    html = page_of(client)
    assert primary(html) == []
    assert "The way out is “Return to 1.1.9”" in html


def test_after_a_rollback_the_newer_version_is_no_way_out(admin_page: Client) -> None:
    newer = {**PREVIOUS, "previous": {"version": "1.3.0", "by": "rollback"}}
    trouble(**{**CRASHED, **newer})
    html = page_of(admin_page)
    assert primary(html) == ["Enable again"]
    assert "Return to 1.3.0" in html and "Left behind" in html


def test_a_failed_upgrade_stands_on_the_page_until_something_succeeds(admin_page: Client) -> None:
    module(wanted="on")
    error = {"slug": "x", "message": "It does not load.", "context": {}, "hint": ""}
    failed = operation(
        verb=Verb.UPGRADE, outcome=Outcome.FAILED, error=error, ended_at=timezone.now()
    )
    html = page_of(admin_page)
    assert "did not succeed" in html and "Version 1.2.0 runs now." in html
    assert "It does not load." in html and f'href="/operations/{failed.pk}/"' in html
    operation(verb=Verb.DISABLE, ended_at=timezone.now())
    assert "did not succeed" not in page_of(admin_page)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
def test_what_was_refused_or_cancelled_hides_no_trouble(
    admin_page: Client, outcome: Outcome
) -> None:
    module(wanted="on")
    operation(verb=Verb.UPGRADE, outcome=Outcome.FAILED, ended_at=timezone.now())
    operation(verb=Verb.DISABLE, outcome=outcome, ended_at=timezone.now())
    assert "did not succeed" in page_of(admin_page)


def test_an_automatic_rollback_is_told_on_all_three_pages(admin_page: Client) -> None:
    module(
        version="1.1.9", wanted="on", reason_code=Reason.ROLLED_BACK, reason_text="It crashed.",
        reason_actor="host", reason_at=timezone.now(),
    )  # fmt: skip
    upgrade = operation(verb=Verb.UPGRADE, ended_at=timezone.now())
    back = operation(
        verb=Verb.ROLLBACK,
        options={"automatic": True, "reason": "It crashed."},
        result={"version": "1.1.9", "from_version": "1.2.0"},
        ended_at=timezone.now(),
    )
    shown = page_of(admin_page)
    assert "version 1.2.0 was replaced by 1.1.9 again" in shown
    assert "It crashed." in shown and f'href="/operations/{back.pk}/"' in shown
    told = page_of(admin_page, f"/operations/{back.pk}/")
    assert "Nobody asked for this" in told and "It crashed." in told
    assert "runs in version 1.1.9." in told and f'href="/operations/{upgrade.pk}/"' in told
    undone = page_of(admin_page, f"/operations/{upgrade.pk}/")
    assert f"This upgrade was taken back by #{back.pk}" in undone
    assert "Returned to the version before by itself" in page_of(admin_page, "/")


def test_a_failed_operation_offers_the_way_out_of_what_it_left(admin_page: Client) -> None:
    trouble(reason_code=Reason.BY_EXCEPTION, reason_text="no", **PREVIOUS)
    failed = operation(outcome=Outcome.FAILED, ended_at=timezone.now())
    html = page_of(admin_page, f"/operations/{failed.pk}/")
    assert "Return to 1.1.9" in html and "it does not run." in html
