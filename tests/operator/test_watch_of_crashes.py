"""What follows from crashes, from proof that a module is well, and from a file made by hand."""

from __future__ import annotations

import json

import pytest
from pytest_django.fixtures import Settings

from modules_app.bridge.boots import Boots
from modules_app.bridge.safe_mode import SafeMode, SafeModeFile, Why
from modules_app.bridge.strikes import HUNG, Strike, Strikes
from modules_app.domain.states import Verb
from modules_app.models import AuditEvent, Module, Operation
from modules_app.operator.watch import Watch, charge_strikes, reflect_health, settle_probation
from modules_app.selectors.modules import get_module_row
from modules_app.selectors.registry import current_sequence
from modules_app.services import lifecycle
from tests.builders import php_module
from tests.lifecycle import ACTOR, Life

ID = "ModuleTest"


@pytest.fixture
def enabled(life: Life) -> Life:
    """An installation whose one module is enabled and settled."""
    life.install(php_module(), enable=True)
    Module.objects.update(phase="ready")
    Boots(life.data_dir.run).begin()
    return life


def strike(life: Life, *starts: int, how: str = "signal SIGSEGV", generation: str = "") -> None:
    own = generation or Module.objects.get().generation
    for start in starts:
        found = Strike(start, "request", how, at="2026-01-01T00:00:00+00:00", excerpt="line 7 in f")
        Strikes(life.data_dir.run).charge(ID, own, found)


def say(life: Life, *, settled: list[str], **state: object) -> None:
    news = {"sequence": current_sequence(), "modules": {ID: state or {"ok": True}}}
    (life.data_dir.run / "host-health.json").write_text(json.dumps({**news, "settled": settled}))


def test_r48_one_crash_of_a_settled_module_changes_nothing(enabled: Life) -> None:
    strike(enabled, 1)
    assert charge_strikes(enabled.tools) == []
    assert get_module_row(ID).state == "enabled"


def test_a_module_that_is_enabled_again_starts_from_zero(enabled: Life) -> None:
    """A server that was about to end may have charged it after it was stopped."""
    strike(enabled, 1, 1)
    assert charge_strikes(enabled.tools) == [ID]
    strike(enabled, 1, 1)

    enabled.enable(ID)

    assert Strikes(enabled.data_dir.run).read() == {}
    assert charge_strikes(enabled.tools) == []
    assert get_module_row(ID).state == "enabled"


def test_s7_two_crashes_in_one_start_pause_it_with_count_cause_and_place(enabled: Life) -> None:
    before = current_sequence()
    strike(enabled, 1)
    strike(enabled, 1, how=HUNG)
    assert charge_strikes(enabled.tools) == [ID]

    module = Module.objects.get()
    assert (module.wanted, module.fault) == ("on", "paused")
    assert (module.reason_code, module.reason_actor) == ("DisabledByCrashLoop", "host")
    assert "did not come back from a request" in module.reason_text
    assert "Crashes counted: 2" in module.reason_text and "line 7 in f" in module.reason_text
    assert current_sequence() == before + 1
    event = AuditEvent.objects.get(action="module-pause")
    assert (event.actor, event.reason) == ("host", "DisabledByCrashLoop")
    assert len(event.detail["strikes"]) == 2
    assert Strikes(enabled.data_dir.run).read() == {}
    assert charge_strikes(enabled.tools) == []


def test_r48_crashes_far_apart_do_not_count_and_the_clock_never_does(
    enabled: Life, settings: Settings
) -> None:
    boots = Boots(enabled.data_dir.run)
    strike(enabled, 1, 2)
    while boots.record.starts < 12:
        boots.begin()
    strike(enabled, 12)
    assert charge_strikes(enabled.tools) == []
    strike(enabled, 11)
    assert charge_strikes(enabled.tools) == []
    settings.PBX_STRIKES = {"at_once": 2, "strikes": 3, "starts": 11}
    assert charge_strikes(enabled.tools) == [ID]


def test_crashes_of_another_generation_are_not_held_against_this_one(enabled: Life) -> None:
    strike(enabled, 1, 1, 1, generation="other")
    assert charge_strikes(enabled.tools) == []


def test_a_busy_module_is_left_to_its_operation(enabled: Life) -> None:
    strike(enabled, 1, 1)
    lifecycle.disable_module(actor=ACTOR, module_id=ID)
    assert charge_strikes(enabled.tools) == []


def test_r48_after_an_enabling_one_crash_switches_it_off(enabled: Life) -> None:
    Module.objects.update(phase="probation")
    strike(enabled, 1)
    assert charge_strikes(enabled.tools) == [ID]

    module = Module.objects.get()
    assert (module.wanted, module.fault, module.phase) == ("off", "none", "ready")
    assert (module.reason_code, module.reason_actor) == ("DisabledByException", "host")
    assert "SIGSEGV" in module.reason_text
    assert AuditEvent.objects.filter(action="module-disable", actor="host").exists()
    enabled.enable(ID)
    assert charge_strikes(enabled.tools) == []


def test_r48_after_an_upgrade_one_crash_leads_back_to_the_version_before(enabled: Life) -> None:
    enabled.install(php_module(version="2.0"))
    Module.objects.update(phase="probation")
    strike(enabled, 1)
    assert charge_strikes(enabled.tools) == [ID]

    queued = Operation.objects.first()
    assert queued is not None
    assert (queued.verb, queued.actor) == (Verb.ROLLBACK, "host")
    assert queued.options["automatic"] is True
    assert "SIGSEGV" in queued.options["reason"]
    enabled.run(queued)
    assert Module.objects.get().version != "2.0"
    assert charge_strikes(enabled.tools) == []


def test_a_module_on_probation_that_cannot_be_loaded_is_switched_off(enabled: Life) -> None:
    Module.objects.update(phase="probation")
    say(enabled, settled=[], ok=False, error="ImportError: gone")
    assert reflect_health(enabled.tools) == [ID]
    assert Module.objects.get().wanted == "off"


def test_r48_data_in_use_right_now_is_no_reason(enabled: Life) -> None:
    say(enabled, settled=[], ok=False, error="database is locked", passing=True)
    assert reflect_health(enabled.tools) == []


def test_probation_ends_when_the_host_says_so_of_this_sequence(enabled: Life) -> None:
    Module.objects.update(phase="probation")
    say(enabled, settled=[])
    assert settle_probation(enabled.tools) == []
    say(enabled, settled=[ID])
    lifecycle.disable_module(actor=ACTOR, module_id=ID)
    assert settle_probation(enabled.tools) == []
    Operation.objects.update(outcome="done")
    assert settle_probation(enabled.tools) == [ID]
    assert Module.objects.get().phase == "ready"
    assert AuditEvent.objects.filter(action="module-settle", target=ID).exists()


def test_in_safe_mode_nothing_follows(enabled: Life) -> None:
    SafeModeFile(enabled.data_dir.root).turn_on(SafeMode(Why.PERSON, "anna"))
    strike(enabled, 1, 1, 1)
    say(enabled, settled=[], ok=False, error="boom")
    assert Watch(enabled.tools).look() is False
    assert get_module_row(ID).state == "enabled"


def test_a_file_made_by_hand_and_its_end_are_in_the_audit_once(enabled: Life) -> None:
    watch = Watch(enabled.tools)
    for _ in range(3):
        watch.look()
    assert not AuditEvent.objects.filter(action__startswith="safe-mode").exists()
    path = enabled.data_dir.root / "safe-mode"
    path.touch()
    for _ in range(3):
        watch.look()
    path.unlink()
    for _ in range(3):
        watch.look()
    events = AuditEvent.objects.filter(action__startswith="safe-mode").order_by("id")
    assert list(events.values_list("action", "actor")) == [
        ("safe-mode-on", "file"),
        ("safe-mode-off", "host"),
    ]
