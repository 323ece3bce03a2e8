"""What the host cannot load is paused with its cause, and can be switched on again."""

from __future__ import annotations

import json

from modules_app.domain.states import Phase
from modules_app.models import AuditEvent, Module
from modules_app.operator.watch import reflect_health
from modules_app.selectors.modules import get_module_row
from modules_app.selectors.registry import RegistryReader, current_sequence
from modules_app.services import lifecycle
from tests.builders import php_module
from tests.lifecycle import ACTOR, Life

ID = "ModuleTest"


def say(life: Life, sequence: int, **state: object) -> None:
    text = json.dumps({"sequence": sequence, "modules": {ID: state}})
    (life.data_dir.run / "host-health.json").write_text(text)


def test_a_module_that_does_not_load_is_shown_as_paused_with_the_cause(life: Life) -> None:
    life.install(php_module(), enable=True)
    Module.objects.update(phase=Phase.READY)
    say(life, current_sequence(), ok=False, error="ImportError: no such thing")
    assert reflect_health(life.tools) == [ID]
    row = get_module_row(ID)
    assert (row.state, row.enabled) == ("paused", False)
    assert "no such thing" in row.reason
    assert RegistryReader().read().modules == ()
    assert AuditEvent.objects.filter(action="module-pause", target=ID).exists()
    assert reflect_health(life.tools) == []
    life.enable(ID)
    assert get_module_row(ID).state == "enabled"


def test_a_module_on_probation_is_switched_off_with_the_cause(life: Life) -> None:
    life.install(php_module(), enable=True)
    say(life, current_sequence(), ok=False, error="ImportError: no such thing")
    assert reflect_health(life.tools) == [ID]
    row = get_module_row(ID)
    assert row.state == "disabled" and "no such thing" in row.reason


def test_news_of_another_sequence_or_a_busy_module_change_nothing(life: Life) -> None:
    life.install(php_module(), enable=True)
    say(life, current_sequence() - 1, ok=False, error="old")
    assert reflect_health(life.tools) == []
    say(life, current_sequence(), ok=False, error="now")
    lifecycle.disable_module(actor=ACTOR, module_id=ID)
    assert reflect_health(life.tools) == []
    assert Module.objects.get().fault == "none"


def test_broken_news_are_no_news(life: Life) -> None:
    assert reflect_health(life.tools) == []
    (life.data_dir.run / "host-health.json").write_text("{")
    assert reflect_health(life.tools) == []
