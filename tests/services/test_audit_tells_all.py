"""The audit alone says what is installed: after any sequence of operations (reference R4.11)."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable

import pytest

from modules_app.domain.operations import Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import AuditEvent, Module, Operation
from modules_app.operator.watch import reflect_health
from modules_app.selectors.registry import current_sequence
from modules_app.services import lifecycle
from tests.builders import php_module
from tests.lifecycle import ACTOR, Life

FIELDS = ("version", "generation", "wanted", "fault")
STEPS = 25


def table_from_audit() -> dict[str, dict[str, str]]:
    """Read the table of modules out of the events, and out of nothing else."""
    table: dict[str, dict[str, str]] = {}
    for event in AuditEvent.objects.filter(detail__has_key="now").order_by("id"):
        now = event.detail["now"]
        assert (event.to_version, event.to_generation) == (now["version"], now["generation"])
        if now["version"]:
            table[event.target] = now
        else:
            table.pop(event.target, None)
    return table


def table() -> dict[str, dict[str, str]]:
    return {row.pop("id"): row for row in Module.objects.values("id", *FIELDS)}


def steps(life: Life, chance: random.Random) -> dict[str, Callable[[], object]]:
    """Return what may be done; what is refused must leave the table as it was, too."""

    def roll_back() -> None:
        life.run(lifecycle.rollback_module(actor=ACTOR, module_id="ModuleTest"))

    def repair() -> None:
        life.run(lifecycle.repair_module(actor=ACTOR, module_id="ModuleTest"))

    def cancel() -> None:
        operation = lifecycle.enable_module(actor=ACTOR, module_id="ModuleTest")
        lifecycle.cancel_operation(actor=ACTOR, operation_id=operation.pk)

    def fail_to_load() -> None:
        state = {"ok": False, "error": "ImportError: no such thing"}
        news = {"sequence": current_sequence(), "modules": {"ModuleTest": state}}
        (life.data_dir.run / "host-health.json").write_text(json.dumps(news))
        reflect_health(life.tools)
        for automatic in Operation.objects.filter(outcome=Outcome.QUEUED):
            life.run(automatic)

    version = f"1.{chance.randint(0, 3)}.0"
    return {
        "install": lambda: life.install(php_module(version), allow_downgrade=True),
        "install and enable": lambda: life.install(
            php_module(version), allow_downgrade=True, enable=True
        ),
        "refuse an upload": lambda: life.upload(b"PK no package"),
        "enable": lambda: life.enable("ModuleTest"),
        "disable": lambda: life.disable("ModuleTest"),
        "remove": lambda: life.remove("ModuleTest", keep_data=chance.random() < 0.5),
        "roll back": roll_back,
        "repair": repair,
        "cancel": cancel,
        "fail to load": fail_to_load,
    }


@pytest.mark.parametrize("round_", range(3))
def test_the_events_alone_give_the_table_of_modules(life: Life, round_: int) -> None:
    seed = round_ if os.environ.get("CI") == "true" else random.randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    done = 0
    life.install(php_module("1.0.0"))
    for _step in range(STEPS):
        possible = steps(life, chance)
        name = chance.choice([*sorted(possible), "install", "install and enable"])
        try:
            possible[name]()
            done += 1
        except ModuleError as error:
            print(f"{name}: {error.slug}")
        assert table_from_audit() == table(), f"seed {seed}, after {name}"
    assert done > 2


def test_every_change_is_told_three_times_and_every_refusal_once(life: Life) -> None:
    life.install(php_module("1.0.0"))
    life.install(php_module("1.1.0"))
    with pytest.raises(ModuleError):
        life.disable("ModuleTest")
    told = AuditEvent.objects.filter(action__startswith="module-").order_by("id")
    assert [(event.action, event.outcome) for event in told] == [
        ("module-install", "queued"),
        ("module-install", "committed"),
        ("module-install", "done"),
        ("module-upgrade", "queued"),
        ("module-upgrade", "committed"),
        ("module-upgrade", "done"),
        ("module-disable", "refused"),
    ]
    upgraded = told[5]
    assert (upgraded.from_version, upgraded.to_version) == ("1.0.0", "1.1.0")
    assert upgraded.from_generation != upgraded.to_generation
    assert upgraded.package_sha256 == Module.objects.get().package_sha256


def test_the_event_of_a_commit_is_part_of_it(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = life.upload(php_module("1.0.0"))
    operation = lifecycle.install_module(actor=ACTOR, upload_id=upload.pk)
    record = AuditEvent.objects.create

    def fails_once(**fields: object) -> AuditEvent:
        if fields["outcome"] == "committed":
            raise OSError("the audit cannot be written")
        return record(**fields)

    monkeypatch.setattr(AuditEvent.objects, "create", fails_once)
    life.run(operation)
    assert not Module.objects.exists()
    assert table_from_audit() == {}
