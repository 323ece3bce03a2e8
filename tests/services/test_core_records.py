"""A core record that rows of modules refer to is not deleted (design 3: it fails closed)."""

from __future__ import annotations

import pytest

from modules_app.bridge.hooks import HookAnswer
from modules_app.exceptions import Refused
from modules_app.models import NetworkFilter
from modules_app.services import core_records
from modules_app.services.core_records import refuse_if_referred
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
