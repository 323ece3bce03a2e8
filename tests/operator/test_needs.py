"""Needs and dependents are asked again inside the operation, and once more in its commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modules_app.domain.operations import Outcome
from modules_app.exceptions import Refused
from modules_app.models import Module, Operation
from modules_app.operator import remove, switch
from modules_app.services import lifecycle
from modules_app.services.registry import raise_sequence
from tests.builders import freepbx, freepbx_python
from tests.lifecycle import ACTOR, Life


@pytest.fixture
def needy(life: Life) -> Life:
    """Beta needs alpha; both are enabled."""
    life.install(freepbx("alpha"), enable=True)
    life.install(freepbx("beta", needs=("alpha",)), enable=True)
    assert set(Module.objects.values_list("wanted", flat=True)) == {"on"}
    return life


def put(module_id: str, wanted: str) -> Callable[..., None]:
    """Return what switches a module as another operation would do it meanwhile."""

    def act(*_args: Any) -> None:
        Module.objects.filter(pk=module_id).update(wanted=wanted)
        raise_sequence()

    return act


def ended(operation: Operation) -> tuple[str, str, str, bool]:
    error = operation.error or {}
    return operation.outcome, error.get("slug", ""), operation.stage, operation.committed


def test_the_press_of_a_button_is_refused_already(needy: Life) -> None:
    for ask in (lifecycle.disable_module, lifecycle.remove_module):
        with pytest.raises(Refused):
            ask(actor=ACTOR, module_id="alpha")
    with pytest.raises(Refused):
        needy.install(freepbx_python("gamma", needs=("nobody",)))
    assert not Operation.objects.filter(outcome=Outcome.QUEUED).exists()


def test_enabling_is_refused_before_any_code_runs_when_a_need_went_meanwhile(needy: Life) -> None:
    needy.disable("beta")
    enabling = lifecycle.enable_module(actor=ACTOR, module_id="beta")
    put("alpha", "off")()
    done = needy.run(enabling)
    assert ended(done) == ("refused", "requirement-not-enabled", "verify", False)


@pytest.mark.parametrize("ask", [lifecycle.disable_module, lifecycle.remove_module])
def test_switching_off_is_refused_before_it_is_asked_when_a_dependent_came(
    needy: Life, ask: Callable[..., Operation]
) -> None:
    needy.disable("beta")
    operation = ask(actor=ACTOR, module_id="alpha")
    put("beta", "on")()
    assert ended(needy.run(operation)) == ("refused", "dependents-enabled", "plan", False)


def test_installing_is_refused_when_what_it_needs_was_removed_meanwhile(life: Life) -> None:
    life.install(freepbx("alpha"))
    upload = life.upload(freepbx_python("beta", needs=("alpha",)))
    installing = lifecycle.install_module(actor=ACTOR, upload_id=upload.pk)
    life.remove("alpha")
    assert life.run(installing).outcome == Outcome.REFUSED
    assert not Module.objects.exists()


def test_the_commit_of_enabling_asks_once_more(
    needy: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    needy.disable("beta")
    monkeypatch.setattr(switch.Enable, "_refuse_on_veto", put("alpha", "off"))
    done = needy.enable("beta")
    assert ended(done)[:2] == ("refused", "requirement-not-enabled")
    assert Module.objects.get(pk="beta").wanted == "off"


@pytest.mark.parametrize(("module", "verb"), [(switch, "disable"), (remove, "remove")])
def test_the_commit_of_switching_off_asks_once_more(
    needy: Life, monkeypatch: pytest.MonkeyPatch, module: Any, verb: str
) -> None:
    needy.disable("beta")
    monkeypatch.setattr(module, "ask_before_disable", put("beta", "on"))
    done = getattr(needy, verb)("alpha")
    assert ended(done)[:2] == ("refused", "dependents-enabled")
    assert Module.objects.get(pk="alpha").wanted == "on"
