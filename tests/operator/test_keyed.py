"""Hooks with arguments are asked once for each record, and again only when it changed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from modules_app.hooks import keyed as keyed_rules
from modules_app.hooks.questions import Source, register, unregister
from modules_app.models import AskedQuestions, HookResult, Module
from modules_app.operator import asking_host, collecting
from modules_app.operator.collecting import collect, collect_idle
from modules_app.selectors import questions as questions_selector
from modules_app.selectors.questions import open_questions, read_asked
from modules_app.services import keyed_results
from tests.builders import python_module
from tests.lifecycle import Life

pytestmark = pytest.mark.django_db(transaction=True)
ID = "ModulePy"
ROUTES = "generate_incoming_rout_before_dial"
PEERS = "override_pjsip_options"
CONF = """
from pathlib import Path
from modules_app.sdk import ConfigClass

class PyConf(ConfigClass):
    def generate_incoming_rout_before_dial(self, rout_number):
        with Path({notes!r}).open("a") as notes:
            notes.write(rout_number + "\\n")
        if rout_number in Path({bad!r}).read_text().split():
            raise ValueError("not about " + rout_number)
        if rout_number != "300":
            return "same => n,NoOp(" + rout_number + ")"

    def override_pjsip_options(self, extension, options):
        options["max_contacts"] = len(extension)
        return options

    def get_method_priority(self, hook):
        return 42
"""


class Questions:
    """The routes and telephones that there are."""

    def __init__(self) -> None:
        self.routes: dict[str, dict[str, Any]] = {}
        self.calls = 0

    def read(self) -> dict[str, dict[str, Any]]:
        return deepcopy(self.routes)

    def ask(self, routes: Any, wanted: Any) -> dict[str, dict[str, dict[str, Any]]]:
        self.calls += 1
        aor = {"extension": "201", "options": {"type": "aor", "max_contacts": "5"}}
        return {ROUTES: routes, PEERS: {"201/aor": aor}}

    def set(self, *numbers: str) -> None:
        self.routes = {number: {"rout_number": number} for number in numbers}


@pytest.fixture
def records() -> Iterator[Questions]:
    questions = Questions()
    questions.set("100", "200", "300")
    source = Source(questions.read, questions.ask)
    register(source)
    yield questions
    unregister(source)


@pytest.fixture
def notes(life: Life, tmp_path: Any) -> Any:
    notes, bad = tmp_path / "notes", tmp_path / "bad"
    notes.touch()
    bad.touch()
    conf = CONF.format(notes=str(notes), bad=str(bad))
    life.install(python_module(files={"conf.py": conf}))
    return notes


def asked(notes: Any) -> list[str]:
    """Return which routes the module was asked about since the last time."""
    found: list[str] = notes.read_text().split()
    notes.write_text("")
    return found


def stored(hook: str = ROUTES) -> HookResult:
    return HookResult.objects.get(hook=hook)


def asked_about(hook: str = ROUTES) -> set[str]:
    return set(read_asked(stored(hook).asked_with).digests)


def test_enabling_asks_about_every_record_and_stores_what_is_not_empty(
    life: Life, records: Questions, notes: Any
) -> None:
    assert life.enable(ID).outcome == "done"
    assert asked(notes) == ["100", "200", "300"]
    row = stored()
    assert row.ok and row.priority == 42
    assert row.answer == {"100": "same => n,NoOp(100)", "200": "same => n,NoOp(200)"}
    assert asked_about() == {"100", "200", "300"}
    assert stored(PEERS).answer == {"201/aor": {"max_contacts": "3"}}
    assert open_questions() == {}


def test_only_what_changed_is_asked_again_and_what_is_gone_is_forgotten(
    life: Life, records: Questions, notes: Any
) -> None:
    life.enable(ID)
    asked(notes)
    assert collect_idle(life.tools) == [] and asked(notes) == []
    records.set("200", "300", "400")
    assert collect_idle(life.tools) == [ID]
    assert asked(notes) == ["400"]
    assert sorted(stored().answer) == ["200", "400"]
    records.set("200")
    collect_idle(life.tools)
    assert asked(notes) == [] and asked_about() == {"200"}
    records.routes["200"] = {"rout_number": "200", "more": 1}
    collect_idle(life.tools)
    assert asked(notes) == ["200"]


def test_while_nothing_changes_no_question_is_made_and_no_answer_read(
    life: Life, records: Questions, notes: Any
) -> None:
    life.enable(ID)
    assert open_questions() == {}
    records.calls = 0
    with CaptureQueriesContext(connection) as captured:
        assert open_questions() == {}
    assert records.calls == 0
    assert not any("digests" in query["sql"] for query in captured)
    HookResult.objects.filter(hook=ROUTES).delete()
    assert list(open_questions()[ID][ROUTES].questions) == ["100", "200", "300"]
    assert list(open_questions()) == [ID], "what is open stays open until it is answered"
    records.set("100")
    assert list(open_questions()[ID][ROUTES].questions) == ["100"]


def test_what_was_asked_is_kept_once_for_all_and_no_longer_than_it_is_needed(
    life: Life, records: Questions, notes: Any
) -> None:
    life.enable(ID)
    row = stored()
    other = HookResult(**{**model_to_dict(row, exclude=["id", "operation"]), "module_id": "Other"})
    other.id_fold, other.at = "other", row.at
    other.save()
    before = set(AskedQuestions.objects.values_list("name", flat=True))
    assert len(before) == 2, "one for each hook"
    records.set("100", "200", "300", "400")
    collect_idle(life.tools)
    now = set(AskedQuestions.objects.values_list("name", flat=True))
    assert now > before and len(now) == 3, "the other module was asked the old ones"
    other.delete()
    records.set("100", "200")
    collect_idle(life.tools)
    assert set(AskedQuestions.objects.values_list("name", flat=True)) == {
        stored().asked_with,
        stored(PEERS).asked_with,
    }


def test_lost_records_of_what_was_asked_ask_everything_again(
    life: Life, records: Questions, notes: Any
) -> None:
    life.enable(ID)
    asked(notes)
    AskedQuestions.objects.all().delete()
    questions_selector._stored.cache_clear()
    records.set("100", "200", "300", "400")
    collect_idle(life.tools)
    assert asked(notes) == ["100", "200", "300", "400"]
    assert open_questions() == {}


def test_what_came_in_between_stays_open(life: Life, records: Questions, notes: Any) -> None:
    """A look was made before somebody else asked; it may not say what it did not ask."""
    life.enable(ID)
    module = Module.objects.get()
    records.set("100", "200", "300", "400")
    looked = open_questions()[ID][ROUTES]
    records.set("200", "500")
    collect_idle(life.tools)
    with transaction.atomic():
        keyed_results.record_keyed(
            module=module, hook=ROUTES, asked=looked, answer={"ok": True, "values": {"400": "x"}}
        )
    assert asked_about() == {"200", "400"}
    records.set("100", "200", "300", "400")
    assert list(open_questions()[ID][ROUTES].questions) == ["100", "300"]


def test_a_wish_of_the_module_asks_about_every_record_again(
    life: Life, records: Questions, notes: Any
) -> None:
    life.enable(ID)
    asked(notes)
    collect(life.tools, Module.objects.get(), [ROUTES])
    assert asked(notes) == ["100", "200", "300"]


def test_a_failure_about_one_record_keeps_its_last_answer_and_stops_no_other(
    life: Life, records: Questions, notes: Any, tmp_path: Any
) -> None:
    life.enable(ID)
    (tmp_path / "bad").write_text("100")
    collect(life.tools, Module.objects.get(), [ROUTES])
    row = stored()
    assert not row.ok and row.error == "ValueError: not about 100 (asked about '100')"
    assert sorted(row.answer) == ["100", "200"]
    asked(notes)
    assert collect_idle(life.tools) == [], "it is not asked for ever"
    records.set("100", "500")
    (tmp_path / "bad").write_text("500")
    collect_idle(life.tools)
    assert asked(notes) == ["500"] and sorted(stored().answer) == ["100"]


def test_after_many_failures_the_others_are_not_asked(
    life: Life, records: Questions, notes: Any, tmp_path: Any
) -> None:
    numbers = [str(number) for number in range(1000, 1100)]
    (tmp_path / "bad").write_text(" ".join(numbers))
    records.set(*numbers)
    life.enable(ID)
    assert len(asked(notes)) == keyed_rules.MOST_FAILURES
    assert not stored().ok and stored().answer == {}


def test_answers_together_cannot_fill_the_database(
    life: Life, records: Questions, notes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_results, "LONGEST_TOGETHER", 30)
    life.enable(ID)
    row = stored()
    assert list(row.answer) == ["100"]
    assert not row.ok and "more than 30 characters; 1 are left out" in row.error


def test_a_module_without_such_hooks_costs_no_question(life: Life, records: Questions) -> None:
    life.install(python_module(), enable=True)
    records.calls = 0
    with CaptureQueriesContext(connection) as captured:
        assert open_questions() == {}
    assert records.calls == 0 and len(captured) == 1


def test_a_host_that_answers_spares_the_child(
    life: Life, records: Questions, notes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.enable(ID)
    row = Module.objects.get()
    given: list[Any] = []

    def ask_module(_socket: Any, module_id: str, question: Any, *, seconds: float) -> Any:
        given.append((module_id, question.hook, question.arguments))
        keys = question.arguments["questions"]
        value = {"ok": True, "values": dict.fromkeys(keys, "same => n,Fast()"), "priority": 7}
        return asking_host_answer(module_id, value)

    monkeypatch.setattr(asking_host, "newest_socket", lambda _run: "socket")
    monkeypatch.setattr(asking_host, "ask_module", ask_module)
    monkeypatch.setattr(collecting, "ask_child", lambda *_given: pytest.fail("a child was asked"))
    monkeypatch.setattr(asking_host, "MOST_AT_ONCE", 2)
    collect(life.tools, row, [ROUTES])
    assert stored().answer == dict.fromkeys(["100", "200", "300"], "same => n,Fast()")
    assert stored().priority == 7
    assert [len(one[2]["questions"]) for one in given] == [2, 1]
    assert {(one[2]["generation"], one[2]["epoch"]) for one in given} == {
        (row.generation, row.epoch)
    }


def test_records_that_cannot_be_read_stop_no_other_hook(
    life: Life, records: Questions, notes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.enable(ID)
    HookResult.objects.filter(hook=PEERS).delete()

    def broken(_module_id: str = "") -> None:
        raise KeyError("a route without a number")

    monkeypatch.setattr(collecting, "open_questions", broken)
    assert collect_idle(life.tools) == []


def asking_host_answer(module_id: str, value: Any) -> Any:
    from modules_app.bridge.hooks import HookAnswer

    return HookAnswer(module_id, ok=True, value=value)
