"""``manage.py telephony``: the services of the pages, exit codes and JSON of design 7."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from modules_app.models import AuditEvent, OutboxEvent
from telephony_app.models import Codec, Extension, IncomingRoute, ManagerUser, Provider, SipAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command without a terminal; return exit code and what stands on stdout."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    def act(*words: str) -> tuple[int, str]:
        try:
            call_command("telephony", *words)
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        except CommandError:
            code = 2
        return code, capsys.readouterr().out

    return act


def test_an_extension_is_added_shown_listed_changed_and_deleted(run: Any) -> None:
    code, out = run("extension", "add", "number=201", "name=Ann", "codecs=alaw,ulaw", "--json")
    made = json.loads(out)
    assert code == 0 and made["codecs"] == ["alaw", "ulaw"]
    assert made["secret"] == SipAccount.objects.get().secret
    assert json.loads(run("extension", "list", "--json")[1])["extensions"][0]["number"] == "201"
    assert "secret" not in run("extension", "show", "201", "--json")[1]
    assert made["secret"] in run("extension", "show", "201", "--secret")[1]
    code, out = run("extension", "set", "201", "name=Anna", "--json")
    assert (code, json.loads(out)["name"]) == (0, "Anna")
    assert run("extension", "delete", "201") == (2, "")
    assert Extension.objects.filter(number="201").exists(), "nobody was there to be asked"
    assert run("extension", "delete", "201", "--yes")[0] == 0
    assert not Extension.objects.filter(number="201").exists()
    assert {event.channel for event in AuditEvent.objects.all()} == {"cli"}


def test_a_dry_run_of_a_deletion_says_what_it_means_for_calls(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telephony_app.services.impact.calls_now", lambda: 3)
    said: list[str] = []
    monkeypatch.setattr("telephony_app.cli.records.say", said.append)
    run("extension", "add", "number=201")
    assert run("extension", "delete", "201", "--dry-run")[0] == 0
    assert "calls in progress go on, now: 3." in said[-1]
    assert Extension.objects.filter(number="201").exists()


def test_a_whole_system_is_made_on_the_command_line(run: Any) -> None:
    for words in (
        ["extension", "add", "number=201"],
        ["provider", "add", "uniqid=T", "description=Out", "host=h.example", "username=u"],
        ["route", "add", "provider=T", "number=7495", "extension=201"],
        ["out-route", "add", "provider=T", "name=All", "number_begins_with=(7|8)"],
        ["codec", "set", "g722", "disabled=yes"],
        ["ami-user", "add", "username=crm", 'rights={"call": "read"}'],
        ["ari-user", "add", "username=robot", "applications=ivr"],
        ["application", "add", "number=*77", "name=Door", "logic=Answer()\\nn,Hangup()"],
    ):
        assert run(*words)[0] == 0, words
        assert run(words[0], "list")[0] == 0
    assert IncomingRoute.objects.get().provider == Provider.objects.get()
    assert Codec.objects.get(name="g722").disabled
    assert ManagerUser.objects.get().rights["call"] == "read"
    assert run("provider", "delete", "T", "--yes")[0] == 4
    assert Provider.objects.exists()


def test_a_trial_run_stores_nothing(run: Any) -> None:
    code, out = run("extension", "add", "number=201", "--dry-run", "--json")
    assert code == 0 and json.loads(out)["number"] == "201"
    assert not Extension.objects.filter(number="201").exists()
    assert not OutboxEvent.objects.exists() and not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["extension", "show", "999"], 4),
        (["extension", "add", "number=x"], 4),
        (["extension", "add", "number"], 4),
        (["extension", "add", "colour=red", "number=1"], 4),
        (["route", "show", "x"], 4),
        (["extension", "import", "/nowhere/at-all.csv", "--yes"], 4),
        (["extension", "fly"], 2),
        (["codec", "add", "name=x"], 2),
    ],
)
def test_what_is_refused_has_its_exit_code(run: Any, words: list[str], expected: int) -> None:
    assert run(*words)[0] == expected


def test_an_error_is_one_json_document_too(run: Any) -> None:
    code, out = run("extension", "add", "number=x", "--json")
    error = json.loads(out)["error"]
    assert (code, error["slug"], error["context"]["field"]) == (4, "values-invalid", "number")


def test_tables_come_and_go(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "phones.csv"
    table.write_text("number,name\n201,Ann\n202,=1+1\n")
    assert run("extension", "import", str(table), "--dry-run")[0] == 0
    assert not SipAccount.objects.exists()
    assert run("extension", "import", str(table))[0] == 2
    code, out = run("extension", "import", str(table), "--yes", "--json")
    assert code == 0
    assert [one["fate"] for one in json.loads(out)["lines"]] == ["add", "add"]
    assert run("extension", "import", str(table), "--yes")[0] == 4
    table.write_text("number,name\n201,Anna\n")
    assert run("extension", "import", str(table), "--yes", "--update")[0] == 0
    out = run("extension", "export")[1]
    assert "201,Anna," in out and "'=1+1" in out and "\\u000d" not in out
    secret = SipAccount.objects.first()
    assert secret is not None and secret.secret not in out
    assert secret.secret in run("extension", "export", "--secrets")[1]
    assert "202" not in run("extension", "export", "--search", "201")[1]
