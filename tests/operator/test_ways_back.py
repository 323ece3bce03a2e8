"""What an operation leaves behind when it fails late: everything as it was, nothing half."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from modules_app.domain.operations import Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import KeptData, Module, Operation, PbxSetting
from modules_app.operator import install
from modules_app.operator.host_link import HostLink
from modules_app.operator.tools import Tools
from tests.builders import python_module
from tests.lifecycle import Life

ID = "ModulePy"

WRITES = {
    "installer.py": """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.settings.set("{key}", "{value}")
        return True
"""
}


class Unloadable(HostLink):
    """A host on which nothing loads."""

    def health(self, sequence: int, *, seconds: float = 0) -> dict[str, Any]:
        """Say so."""
        state = {"ok": False, "error": "no", "traceback": ""}
        return {"sequence": sequence, "modules": {ID: state}}


def writing(key: str, value: str) -> dict[str, str]:
    return {name: text.format(key=key, value=value) for name, text in WRITES.items()}


def write_lock_is_free(life: Life) -> bool:
    with sqlite3.connect(life.database(ID), timeout=0, isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    return True


def test_a_version_that_does_not_load_takes_its_settings_back(life: Life) -> None:
    life.install(python_module(ID, "1.0.0", writing("ModulePyMode", "old")), enable=True)
    before = dict(PbxSetting.objects.values_list("key", "value"))
    life.tools = Tools(
        life.tools.fsops, life.data_dir, life.tools.zygote, Unloadable(life.data_dir)
    )

    operation = life.install(python_module(ID, "2.0.0", writing("ModulePyMode", "new")))

    assert operation.outcome == Outcome.FAILED
    assert Module.objects.get(pk=ID).version == "1.0.0"
    assert dict(PbxSetting.objects.values_list("key", "value")) == before


def test_an_undo_that_fails_opens_the_fence_all_the_same(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(python_module(ID, "1.0.0", {"main.py": ""}))
    fences = []

    class Watched(install.data.Fence):
        def __init__(self, path: Any) -> None:
            super().__init__(path)
            fences.append(self)

    def fail(*_arguments: Any) -> None:
        raise ModuleError("disk", "The disk is broken.")

    monkeypatch.setattr(install.data, "Fence", Watched)
    monkeypatch.setattr(install.Install, "commit", fail)
    monkeypatch.setattr(install, "sweep", fail)
    operation = life.install(python_module(ID, "2.0.0", {"main.py": "1"}))

    assert operation.outcome == Outcome.FAILED
    assert fences and write_lock_is_free(life)


def test_settings_of_the_system_belong_to_no_module_whatever_it_is_called(life: Life) -> None:
    package = python_module("PBX", "1.0.0", writing("PBXVersion", "1.0"))
    operation = life.install(package)
    assert operation.outcome == Outcome.DONE
    assert not PbxSetting.objects.filter(key="PBXVersion").exists()
    assert operation.result["foreign_settings"] == ["PBXVersion"]


def test_removal_ends_although_the_data_is_too_damaged_for_the_uninstaller(life: Life) -> None:
    life.install(python_module(ID, "1.0.0", {"main.py": ""}))
    life.database(ID).write_bytes(b"no database at all" * 100)

    operation = life.remove(ID)

    assert operation.outcome == Outcome.DONE
    assert not Module.objects.exists() and KeptData.objects.exists()
    assert not (life.data_dir.store / ID).exists()
    said = Operation.objects.get(pk=operation.pk).messages
    assert any("damaged" in message["text"] for message in said)


def test_an_upgrade_of_damaged_data_says_that_it_is_damaged(life: Life) -> None:
    life.install(python_module(ID, "1.0.0"))
    life.database(ID).write_bytes(b"garbage" * 1000)
    operation = life.install(python_module(ID, "2.0.0"))
    assert operation.outcome == Outcome.FAILED
    assert operation.error["slug"] == "data-damaged"
    assert Module.objects.get().version == "1.0.0"
