"""``manage.py telephony apply|status|diff``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from telephony_app.cli import applying
from telephony_app.models import ApplyRequest, ManagerUser
from tests.telephony.apply.fake_ami import FakeAsterisk
from tests.telephony.apply.test_apply import look, phone, text_of

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a function that runs a command and gives its exit code and what it printed."""

    def wait_until(is_over: Callable[[], bool]) -> None:
        while not is_over():
            look()

    monkeypatch.setattr(applying, "wait_until", wait_until)

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            call_command("telephony", *words)
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, capsys.readouterr().out

    yield run


@pytest.fixture
def applied(fake: FakeAsterisk) -> FakeAsterisk:
    phone("201")
    look()
    return fake


def test_apply_waits_for_the_end(applied: FakeAsterisk, run: Run, home: Path) -> None:
    phone("202")
    code, out = run("apply", "--yes", "--json")
    assert (code, json.loads(out)["request"]["state"]) == (0, "applied")
    assert "[202]" in text_of(home, "pjsip.conf")


def test_a_failure_is_exit_code_one(applied: FakeAsterisk, run: Run) -> None:
    applied.outputs["dialplan reload"] = "The module 'pbx_config' reported a reload failure"
    phone("202")
    code, out = run("apply", "--yes", "--json")
    found = json.loads(out)["request"]
    assert (code, found["state"]) == (1, "failed")
    assert "pbx_config" in found["text"]


def test_with_nothing_to_do_asterisk_is_said_to_work_only_while_it_is_there(
    applied: FakeAsterisk, run: Run
) -> None:
    text = json.loads(run("apply", "--yes", "--json")[1])["request"]["text"]
    assert text == "Asterisk works with these files."
    applied.mode = "refuse"
    code, out = run("apply", "--yes", "--json")
    text = json.loads(out)["request"]["text"]
    assert (code, text) == (0, "Nothing had to change, and Asterisk cannot be reached now.")


def test_a_dry_run_says_what_waits_and_how_many_calls_there_are(
    applied: FakeAsterisk, run: Run
) -> None:
    applied.calls = 2
    phone("202")
    ManagerUser.objects.create(username="robot", secret="a-long-secret-of-tests")
    code, out = run("apply", "--dry-run", "--json")
    lines = json.loads(out)["plan"]
    assert code == 0 and {"Extension 202", "AMI user robot"} < set(lines)
    assert "calls in progress now: 2" in lines[-1]
    assert not ApplyRequest.objects.exists()


def test_a_quiet_wish_needs_a_time_of_day(applied: FakeAsterisk, run: Run) -> None:
    assert run("apply", "--yes", "--when-quiet")[0] == 4
    assert run("apply", "--yes", "--when-quiet", "--until", "25:00")[0] == 4
    applied.calls = 1
    code, out = run("apply", "--yes", "--json", "--when-quiet", "--until", "05:00")
    assert (code, json.loads(out)["request"]["when"]) == (0, "quiet")


def test_without_a_word_of_agreement_nothing_is_done(applied: FakeAsterisk, run: Run) -> None:
    assert run("apply")[0] == 2
    assert not ApplyRequest.objects.exists()


def test_the_difference_is_printed_without_passwords(applied: FakeAsterisk, run: Run) -> None:
    phone("202")
    code, out = run("diff")
    assert code == 0 and "+++ asterisk/pjsip.conf" in out and "[202]" in out
    assert "a-long-secret-of-tests" not in out
    shape = json.loads(run("diff", "--by-module", "--json")[1])["changes"]
    assert {one["module"] for one in shape} == {""}


def test_status_without_anybody_who_looks(applied: FakeAsterisk, run: Run) -> None:
    code, out = run("status", "--json")
    found = json.loads(out)
    assert (code, found["asterisk"], found["waiting"]) == (1, "unknown", 0)
    assert "does not run" in run("status")[1]
