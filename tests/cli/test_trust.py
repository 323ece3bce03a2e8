"""The audit and locked accounts on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from modules_app import audit
from modules_app.models import AuditEvent
from modules_app.permissions import Actor
from tests.pages import PASSWORD, Browser, administrator

ANNA = Actor("anna", "web", frozenset(), "192.0.2.7", "abc123", 12)


@pytest.fixture(autouse=True)
def events(db: None) -> None:
    cache.clear()
    for name, outcome in (("ModuleOne", "done"), ("ModuleTwo", "denied")):
        audit.record(actor=ANNA, action="module-enable", target=name, outcome=outcome)


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    try:
        call_command("module", *arguments)
    except SystemExit as ended:
        assert ended.code == code
    else:
        assert code == 0
    return capsys.readouterr().out


def test_the_newest_events_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "audit")
    assert out.index("ModuleTwo") < out.index("ModuleOne")
    assert "192.0.2.7" in out and "denied" in out


@pytest.mark.parametrize(
    "arguments",
    [("--module", "moduleone"), ("--outcome", "done"), ("--limit", "1", "--outcome", "done")],
)
def test_json_is_one_document(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    found = json.loads(run(capsys, "audit", "--json", *arguments))["events"]
    assert [one["target"] for one in found] == ["ModuleOne"]
    assert found[0]["session"] == "abc123"


def test_a_file_holds_all_events_and_its_writing_is_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "audit.csv"
    run(capsys, "audit", "--csv", str(target), "--limit", "1")
    rows = list(csv.DictReader(target.open()))
    assert [row["target"] for row in rows] == ["csv", "ModuleTwo", "ModuleOne"]
    assert target.stat().st_mode & 0o077 == 0
    assert AuditEvent.objects.get(action="audit-export").channel == "cli"


def test_what_cannot_be_done_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(capsys, "audit", "--since", "yesterday", code=4)
    run(capsys, "audit", "--csv", str(tmp_path / "none" / "audit.csv"), code=4)
    run(capsys, "unlock", "nobody", code=4)


def locked() -> Client:
    """Return a browser whose five wrong passwords locked olga out."""
    administrator("olga")
    browser = Browser()
    for _attempt in range(5):
        browser.post("/login/", {"username": "olga", "password": "x"})
    assert browser.post("/login/", {"username": "olga", "password": PASSWORD}).status_code == 429
    return browser


def test_unlocking_lets_a_person_in_from_every_address(capsys: pytest.CaptureFixture[str]) -> None:
    browser = locked()
    elsewhere = Browser(REMOTE_ADDR="192.0.2.9")
    for _attempt in range(5):
        elsewhere.post("/login/", {"username": "olga", "password": "x"})
    assert "olga may try again now." in run(capsys, "unlock", "olga")
    for client in (browser, elsewhere):
        form = {"username": "olga", "password": PASSWORD}
        assert client.post("/login/", form).status_code == 302
    event = AuditEvent.objects.get(action="user-unlock")
    assert (event.target, event.channel) == ("olga", "cli")


def test_wrong_passwords_count_again_after_unlocking(capsys: pytest.CaptureFixture[str]) -> None:
    browser = locked()
    run(capsys, "unlock", "olga", "--json")
    statuses = [
        browser.post("/login/", {"username": "olga", "password": "x"}).status_code
        for _attempt in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    run(capsys, "unlock", "olga")
    assert browser.post("/login/", {"username": "olga", "password": PASSWORD}).status_code == 302
