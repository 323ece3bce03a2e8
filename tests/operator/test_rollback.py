"""Going back to the version before, and writing damaged files anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Fault, Wanted
from modules_app.exceptions import Refused
from modules_app.models import MenuItem, Module
from modules_app.services import lifecycle
from modules_app.services.menu import place_menu_item
from modules_app.services.plans import plan_operation
from modules_app.services.verification import verify_modules
from tests.builders import python_module
from tests.lifecycle import ACTOR, Life

ID = "ModulePy"

MODELS = {
    "models.py": """
from django.db import models
from modules_app.sdk import ModuleModel

class Number(ModuleModel):
    text = models.CharField(max_length=20)
"""
}


def numbers(life: Life) -> list[str]:
    with closing(sqlite3.connect(life.database(ID))) as connection:
        return [row[0] for row in connection.execute(f"SELECT text FROM {TABLE} ORDER BY text")]


def add(life: Life, text: str) -> None:
    with closing(sqlite3.connect(life.database(ID))) as connection, connection:
        connection.execute(f"INSERT INTO {TABLE} (text) VALUES (?)", (text,))


TABLE = "m_Number"


@pytest.fixture
def upgraded(life: Life) -> Life:
    """Version 1 with the row "old", upgraded to 2, then the row "new"."""
    life.install(python_module(ID, "1.0.0", MODELS))
    add(life, "old")
    assert life.install(python_module(ID, "2.0.0", MODELS)).outcome == Outcome.DONE
    add(life, "new")
    return life


def test_a_rollback_returns_to_the_version_and_the_data_of_before(upgraded: Life) -> None:
    operation = upgraded.rollback(ID)

    assert operation.outcome == Outcome.DONE
    module = Module.objects.get()
    assert (module.version, numbers(upgraded)) == ("1.0.0", ["old"])


def test_a_rollback_can_be_undone(upgraded: Life) -> None:
    upgraded.rollback(ID)
    assert upgraded.rollback(ID).outcome == Outcome.DONE
    assert (Module.objects.get().version, numbers(upgraded)) == ("2.0.0", ["new", "old"])


def test_the_plan_of_a_rollback_says_what_is_lost(upgraded: Life) -> None:
    plan = plan_operation(verb=lifecycle.Verb.ROLLBACK, module_id=ID, options={})
    contexts = [sentence["context"] for sentence in plan]
    assert {"table": TABLE, "newer": 1, "older": 0} in contexts


def test_there_is_nothing_to_return_to_after_a_first_installation(life: Life) -> None:
    life.install(python_module(ID, "1.0.0", MODELS))
    with pytest.raises(Refused) as refusal:
        life.rollback(ID)
    assert refusal.value.slug == "no-previous-version"


def test_what_a_person_placed_since_the_upgrade_stays_in_place(upgraded: Life) -> None:
    key = MenuItem.objects.get().key
    place_menu_item(
        actor=ACTOR, module_id=ID, key=key, shown=True, group="security", caption="Mine", order=7
    )
    upgraded.rollback(ID)
    item = MenuItem.objects.get()
    assert (item.placed_group, item.placed_caption, item.placed_order) == ("security", "Mine", 7)


def test_nothing_rolls_forward_by_itself(upgraded: Life) -> None:
    upgraded.rollback(ID)
    with pytest.raises(Refused) as refusal:
        lifecycle.rollback_module(actor=ACTOR, module_id=ID, automatic=True, reason="crash")
    assert refusal.value.slug == "rolled-back-already"


def test_a_damaged_version_before_is_not_returned_to(upgraded: Life) -> None:
    before = Module.objects.get().previous_generation
    folder = upgraded.data_dir.generation(ID, before) / "code"
    (folder / "models.py").write_text("changed")
    operation = upgraded.rollback(ID)
    assert (operation.outcome, operation.error["slug"]) == (Outcome.FAILED, "files-damaged")
    assert (Module.objects.get().version, numbers(upgraded)) == ("2.0.0", ["new", "old"])


def test_a_module_with_altered_files_is_marked_and_repaired(upgraded: Life) -> None:
    upgraded.enable(ID)
    module = Module.objects.get()
    (upgraded.data_dir.generation(ID, module.generation) / "code" / "models.py").write_text("x")

    found = verify_modules(actor=ACTOR)

    module.refresh_from_db()
    assert [one.problems for one in found] == [("changed: models.py",)]
    assert (module.fault, module.reason_code) == (Fault.DAMAGED, "FilesDamaged")
    assert upgraded.repair(ID).outcome == Outcome.DONE
    module.refresh_from_db()
    assert (module.fault, module.wanted) == (Fault.NONE, Wanted.ON)
    assert all(one.sound for one in verify_modules(actor=ACTOR))
    assert numbers(upgraded) == ["new", "old"]


def test_a_module_whose_data_is_damaged_is_marked_and_can_be_rolled_back(upgraded: Life) -> None:
    upgraded.database(ID).write_bytes(b"garbage" * 1000)
    verify_modules(actor=ACTOR)
    module = Module.objects.get()
    assert (module.fault, module.reason_code) == (Fault.DAMAGED, "DataDamaged")
    assert upgraded.rollback(ID).outcome == Outcome.DONE
    assert (Module.objects.get().fault, numbers(upgraded)) == (Fault.NONE, ["old"])


def test_what_is_sound_again_is_freed(upgraded: Life) -> None:
    module = Module.objects.get()
    file = upgraded.data_dir.generation(ID, module.generation) / "code" / "models.py"
    good = file.read_bytes()
    file.write_bytes(b"x")
    verify_modules(actor=ACTOR)
    file.write_bytes(good)
    verify_modules(actor=ACTOR)
    assert Module.objects.get().fault == Fault.NONE
