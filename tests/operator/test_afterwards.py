"""A disk that fails after the commit: it has happened, and the rest is done later (R4.4 U10)."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from modules_app.domain.operations import UNFINISHED, Outcome
from modules_app.models import AuditEvent, Module, Operation
from modules_app.operator.recovery import recover
from modules_app.operator.run import repeat_unfinished
from modules_app.packages.fsops import FsOps
from modules_app.selectors.operations import get_operation
from tests.builders import python_module
from tests.lifecycle import Life

ID = "ModulePy"
SETUP = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.place_file("greeting.conf", "hello of {version}")
        return super().install_files()
"""
CONF = """
from modules_app.sdk import ConfigClass

class PyConf(ConfigClass):
    def on_after_module_disable(self):
        self.messages.append("disabled")
"""


def package(version: str) -> bytes:
    files = {"installer.py": SETUP.format(version=version), "conf.py": CONF}
    return python_module(ID, version, files=files)


@contextmanager
def broken_disk(monkeypatch: pytest.MonkeyPatch, *calls: str) -> Iterator[None]:
    """Let these calls to the file system fail once something has been committed."""

    def guarded(name: str) -> Any:
        real = getattr(FsOps, name)

        def call(self: FsOps, *args: Any, **kwargs: Any) -> Any:
            if Operation.objects.filter(outcome=Outcome.RUNNING, committed=True).exists():
                raise OSError(errno.EIO, "Input/output error")
            return real(self, *args, **kwargs)

        return call

    with monkeypatch.context() as patched:
        for name in calls:
            patched.setattr(FsOps, name, guarded(name))
        yield


def is_unfinished(operation: Operation) -> bool:
    operation.refresh_from_db()
    return UNFINISHED in operation.result


def test_a_removal_whose_files_cannot_be_deleted_is_done_and_deletes_them_later(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(package("1.0"))

    with broken_disk(monkeypatch, "remove_tree"):
        operation = life.remove(ID, keep_data=False)

    assert operation.outcome == Outcome.DONE
    assert is_unfinished(operation)
    assert not Module.objects.exists()
    assert "Input/output error" in str(operation.messages)
    assert get_operation(operation.pk).state_sentence.startswith("It is done. Not everything")
    assert any(ID in name for name in life.residue())

    recover(life.tools)

    assert not is_unfinished(operation)
    assert operation.messages[-1]["text"] == "What had remained was finished later."
    assert life.residue() == []
    said = AuditEvent.objects.filter(operation=operation, action="module-remove").order_by("pk")
    assert [event.outcome for event in said] == ["queued", "committed", "done"]


def test_an_installation_that_cannot_place_its_files_is_done_and_places_them_later(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken_disk(monkeypatch, "write_file_atomically"):
        operation = life.install(package("1.0"))

    placed = life.data_dir.etc_ / "modules" / ID / "greeting.conf"
    assert operation.outcome == Outcome.DONE
    assert is_unfinished(operation)
    assert Module.objects.get(pk=ID).version == "1.0"
    assert not placed.exists()

    repeat_unfinished(life.tools)

    assert not is_unfinished(operation)
    assert placed.read_text() == "hello of 1.0"
    assert not operation.steps.filter(outcome=Outcome.RUNNING).exists()


def test_an_upgrade_that_passed_its_check_stays_and_cleans_up_later(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(package("1.0"))
    with broken_disk(monkeypatch, "write_file_atomically"):
        operation = life.install(package("2.0"))

    assert (operation.outcome, Module.objects.get(pk=ID).version) == (Outcome.DONE, "2.0")
    assert is_unfinished(operation)

    recover(life.tools)

    assert not is_unfinished(operation)
    placed = life.data_dir.etc_ / "modules" / ID / "greeting.conf"
    assert placed.read_text() == "hello of 2.0"


def test_what_still_fails_remains_and_says_nothing_twice(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(package("1.0"))
    with broken_disk(monkeypatch, "remove_tree"):
        operation = life.remove(ID)
    said = operation.messages

    def always_fails(*_args: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(FsOps, "remove_tree", always_fails)
        repeat_unfinished(life.tools)

    assert is_unfinished(operation)
    assert operation.messages == said
    assert operation.outcome == Outcome.DONE


def test_a_later_operation_makes_the_rest_of_an_earlier_one_meaningless(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(package("1.0"))
    with broken_disk(monkeypatch, "remove_tree"):
        removal = life.remove(ID)
    life.install(package("2.0"))

    recover(life.tools)

    assert not is_unfinished(removal)
    assert Module.objects.get(pk=ID).version == "2.0"
    assert (life.data_dir.etc_ / "modules" / ID / "greeting.conf").read_text() == "hello of 2.0"
    assert len(list((life.data_dir.store / ID).iterdir())) == 1
