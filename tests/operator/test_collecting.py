"""What hooks answer becomes rows when a module is switched on, and counts while it is in use."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Fault
from modules_app.models import HookResult, Module
from modules_app.operator import collecting
from modules_app.operator.collecting import collect, collect_idle
from modules_app.selectors.answers import COLLECTED, answers_to, implementers, unanswered
from tests.builders import python_module
from tests.lifecycle import Life

pytestmark = pytest.mark.django_db(transaction=True)
ID = "ModulePy"
HOOK = "on_before_header_menu_show"
CONF = """
from pathlib import Path
from modules_app.sdk import ConfigClass

class PyConf(ConfigClass):
    def on_before_header_menu_show(self, menu):
        if Path("{flag}").exists():
            raise ValueError("not today")
        menu.add("{caption}", href="reports/")

    def get_method_priority(self, hook):
        return 42
"""


def package(
    flag: object = "/nonexistent", caption: str = "Reports", version: str = "1.0.0"
) -> bytes:
    files = {"conf.py": CONF.format(flag=flag, caption=caption)}
    return python_module(version=version, files=files)


def captions() -> list[str]:
    return [item["caption"] for answer in answers_to(HOOK) for item in answer.value]


def test_answers_count_from_enabling_to_disabling(life: Life) -> None:
    life.install(package())
    assert captions() == []
    operation = life.enable(ID)
    assert operation.outcome == Outcome.DONE, operation.error["context"]["details"]
    assert captions() == ["Reports"]
    assert answers_to(HOOK)[0].priority == 42
    assert implementers(HOOK) == (ID,)
    life.disable(ID)
    assert captions() == [] and implementers(HOOK) == ()


def test_a_new_version_is_asked_and_the_old_one_after_a_rollback(life: Life) -> None:
    life.install(package(), enable=True)
    assert life.install(package(caption="Later", version="2.0.0")).outcome == Outcome.DONE
    assert captions() == ["Later"]
    assert life.rollback(ID).outcome == Outcome.DONE
    assert captions() == ["Reports"]


def test_a_failure_keeps_the_last_good_answer_and_shows_the_error(life: Life, tmp_path) -> None:
    flag = tmp_path / "flag"
    life.install(package(flag), enable=True)
    flag.touch()
    collect(life.tools, Module.objects.get(), [HOOK])
    assert captions() == ["Reports"]
    result = HookResult.objects.get(hook=HOOK)
    assert not result.ok and result.error == "ValueError: not today"


def test_an_answer_that_got_lost_is_asked_for_again(life: Life) -> None:
    life.install(package(), enable=True)
    HookResult.objects.all().delete()
    assert unanswered() == {ID: [HOOK]}
    assert collect_idle(life.tools) == [ID]
    assert captions() == ["Reports"] and unanswered() == {}


def test_what_a_paused_module_answered_does_not_count(life: Life) -> None:
    life.install(package(), enable=True)
    Module.objects.update(fault=Fault.PAUSED)
    assert captions() == []


def test_what_was_removed_leaves_no_answers(life: Life) -> None:
    life.install(package(), enable=True)
    life.disable(ID)
    life.remove(ID)
    assert not HookResult.objects.filter(hook=HOOK).exists()


SURFACES = [
    name
    for name in COLLECTED
    if name not in ("on_before_header_menu_show", "on_after_acl_prepared")
]


def test_more_hooks_cost_no_more_queries(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.install(package(), enable=True)
    row = Module.objects.get()
    fine = {"ok": True, "value": ["x"], "priority": 5, "seconds": 0.1}

    def queries(hooks: list[str], answer: dict[str, object]) -> int:
        answers = dict.fromkeys(hooks, answer)
        monkeypatch.setattr(collecting, "_ask", lambda *_given: answers)
        with CaptureQueriesContext(connection) as captured:
            collect(life.tools, row, hooks)
        return len(captured)

    assert len(SURFACES) >= 8
    first = queries(SURFACES[:1], fine)
    assert queries(SURFACES, fine) == first
    assert queries(SURFACES, {"ok": False, "error": "Traceback\nValueError: no"}) == first
    found = HookResult.objects.filter(hook__in=SURFACES)
    assert {(one.ok, one.error, tuple(one.answer), one.priority) for one in found} == {
        (False, "ValueError: no", ("x",), 5)
    }
    assert found.count() == len(SURFACES)
    assert queries(SURFACES, fine) == first
    assert all(one.ok and one.error == "ValueError: no" for one in found.all())
