"""A core record that rows of modules refer to is not deleted (design 3: it fails closed)."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.bridge.hooks import HookAnswer
from modules_app.exceptions import Refused
from modules_app.models import NetworkFilter
from modules_app.services import core_records
from modules_app.services.core_records import (
    references_in_modules,
    refuse_if_any_referred,
    refuse_if_referred,
)
from modules_app.services.firewall import delete_network
from tests.lifecycle import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def modules(monkeypatch):
    """Let two modules have references; the test says what they answer."""
    answers: list[HookAnswer] = []
    monkeypatch.setattr(core_records, "implementers", lambda hook: ("ModuleA", "ModuleB"))
    monkeypatch.setattr(core_records, "ask_modules", lambda *args, **options: answers)
    return answers


@pytest.fixture
def network() -> NetworkFilter:
    return NetworkFilter.objects.create(title="Office", permit=["192.0.2.0/24"])


def test_without_modules_that_refer_nothing_is_asked(network, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        refuse_if_referred(kind="networks", record_id=network.pk)


def test_rows_that_protect_it_are_named_and_it_stays(modules, network) -> None:
    modules += [
        HookAnswer("ModuleA", ok=True, value=[{"model": "door", "text": "Gate"}]),
        HookAnswer("ModuleB", ok=True),
    ]
    with pytest.raises(Refused) as error:
        delete_network(actor=ACTOR, network_id=network.pk, anyway=True)
    assert error.value.slug == "record-in-use"
    assert "ModuleA: door “Gate”" in str(error.value)
    assert NetworkFilter.objects.filter(pk=network.pk).exists()


@pytest.mark.parametrize("silent", [[], [HookAnswer("ModuleB", timed_out=True, error="late")]])
def test_who_cannot_be_asked_counts_as_a_no_that_a_person_may_override(
    modules, network, silent
) -> None:
    modules += [HookAnswer("ModuleA", ok=True), *silent]
    with pytest.raises(Refused) as error:
        delete_network(actor=ACTOR, network_id=network.pk)
    assert error.value.slug == "record-use-unknown"
    assert "ModuleB could not be asked" in str(error.value)
    delete_network(actor=ACTOR, network_id=network.pk, anyway=True)
    assert not NetworkFilter.objects.filter(pk=network.pk).exists()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let one module protect 150 and 160, and another answer nothing; note what they are asked."""
    questions: list[list[str]] = []

    def ask_modules(_hook: str, arguments: dict[str, Any], **_options: float) -> list[HookAnswer]:
        keys = arguments["question"]["ids"]
        questions.append(keys)
        rows = [
            {"id": key, "model": "door", "text": f"Gate {key}"}
            for key in ("160", "150")
            if key in keys
        ]
        return [HookAnswer("ModuleA", ok=True, value=rows), HookAnswer("ModuleB", ok=True)]

    monkeypatch.setattr(core_records, "implementers", lambda hook: ("ModuleA", "ModuleB"))
    monkeypatch.setattr(core_records, "ask_modules", ask_modules)
    return questions


def test_about_two_hundred_records_modules_are_asked_twice(asked: list[list[str]]) -> None:
    found = references_in_modules(kind="extensions", record_ids=range(200))
    assert list(found.rows) == ["150", "160"] and not found.silent
    assert found.rows["150"] == ["ModuleA: door “Gate 150”"]
    assert [len(keys) for keys in asked] == [100, 100]
    assert [*asked[0], *asked[1]] == [str(number) for number in range(200)]


def test_of_many_records_the_first_that_is_in_use_is_named(asked: list[list[str]]) -> None:
    with pytest.raises(Refused) as error:
        refuse_if_any_referred(kind="extensions", record_ids=range(200), anyway=True)
    assert error.value.slug == "record-in-use"
    assert "extension is in use by modules: ModuleA: door “Gate 150”." in str(error.value)
    refuse_if_any_referred(kind="extensions", record_ids=range(100))


def test_about_many_records_too_silence_is_a_no_that_a_person_may_override(modules) -> None:
    modules += [HookAnswer("ModuleA", ok=True), HookAnswer("ModuleB", error="broken")]
    with pytest.raises(Refused) as error:
        refuse_if_any_referred(kind="extensions", record_ids=["201", "202"])
    assert error.value.slug == "record-use-unknown" and "ModuleB" in str(error.value)
    refuse_if_any_referred(kind="extensions", record_ids=["201", "202"], anyway=True)


def test_an_answer_about_nobody_who_was_asked_for_counts_as_silence(modules) -> None:
    row = {"id": "7", "model": "door", "text": "Gate"}
    modules.append(HookAnswer("ModuleA", ok=True, value=[row]))
    found = references_in_modules(kind="extensions", record_ids=[1, 2])
    assert not found.rows and found.silent == ["ModuleA", "ModuleB"]
