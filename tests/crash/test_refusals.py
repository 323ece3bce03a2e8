"""What services and operator refuse, each reached by itself and with everything left as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from modules_app.domain.operations import Outcome
from modules_app.exceptions import Busy, ModuleError, NotAllowed, NotFound, Refused
from modules_app.models import Module, Operation, StoredPackage
from modules_app.operator import checking, data
from modules_app.operator.switch import Disable
from modules_app.operator.tools import ChildFailed
from modules_app.permissions import Actor, Right
from modules_app.services import lifecycle, uploads, verification
from tests.crash.host import HostOfWord
from tests.crash.scenarios import ID, alter, notice, small
from tests.lifecycle import ACTOR, Life

VERBS: dict[str, tuple[Right, Callable[..., Operation]]] = {
    "enable": (Right.OPERATE, lifecycle.enable_module),
    "disable": (Right.OPERATE, lifecycle.disable_module),
    "remove": (Right.REMOVE, lifecycle.remove_module),
    "rollback": (Right.INSTALL, lifecycle.rollback_module),
    "repair": (Right.INSTALL, lifecycle.repair_module),
}


def without(right: Right) -> Actor:
    """Return somebody who may do everything else."""
    return Actor("eve", "web", frozenset(Right) - {right})


def queued() -> int:
    """Return how many operations wait."""
    return Operation.objects.filter(outcome=Outcome.QUEUED).count()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_needs_its_right_before_anything_else(life: Life, verb: str) -> None:
    right, ask = VERBS[verb]
    with pytest.raises(NotAllowed):
        ask(actor=without(right), module_id="ModuleNobodyHas")
    with pytest.raises(NotFound):
        ask(actor=ACTOR, module_id="ModuleNobodyHas")


def test_installing_uploading_discarding_cancelling_and_verifying_need_a_right(life: Life) -> None:
    upload = life.upload(small())
    operation = lifecycle.install_module(actor=ACTOR, upload_id=upload.pk)
    with pytest.raises(NotAllowed):
        lifecycle.cancel_operation(actor=without(Right.OPERATE), operation_id=operation.pk)
    lifecycle.cancel_operation(actor=ACTOR, operation_id=operation.pk)
    for ask in (
        lambda eve: lifecycle.install_module(actor=eve, upload_id=upload.pk),
        lambda eve: uploads.discard_upload(actor=eve, upload_id=upload.pk),
        lambda eve: uploads.receive_upload(actor=eve, chunks=[small()], filename="x.zip"),
    ):
        with pytest.raises(NotAllowed):
            ask(without(Right.INSTALL))
    with pytest.raises(NotAllowed):
        verification.verify_modules(actor=without(Right.OPERATE))
    assert queued() == 0


def test_a_verb_that_does_not_fit_the_state_is_refused(life: Life) -> None:
    life.install(small())
    for verb in ("disable", "repair"):
        with pytest.raises(Refused) as caught:
            VERBS[verb][1](actor=ACTOR, module_id=ID)
        assert caught.value.slug == "not-in-this-state"
    with pytest.raises(Refused) as caught:
        lifecycle.rollback_module(actor=ACTOR, module_id=ID)
    assert caught.value.slug == "no-previous-version"
    assert queued() == 0


def test_a_busy_module_is_busy_for_every_verb(life: Life) -> None:
    life.install(small())
    life.install(small("2.0.0", "note"))
    first = lifecycle.enable_module(actor=ACTOR, module_id=ID)
    upload = life.upload(small("3.0.0"))
    asks = [lambda ask=ask: ask(actor=ACTOR, module_id=ID) for _right, ask in VERBS.values()]
    asks.append(lambda: lifecycle.install_module(actor=ACTOR, upload_id=upload.pk))
    for ask in asks:
        with pytest.raises(Busy) as caught:
            ask()
        assert caught.value.context["operation"] == first.pk


def test_the_database_itself_allows_one_open_operation_per_module(life: Life) -> None:
    row: dict[str, Any] = {
        "module_id": ID,
        "id_fold": "moduletest",
        "verb": "enable",
        "actor": "x",
        "channel": "cli",
        "queued_at": timezone.now(),
    }
    Operation.objects.create(**row, outcome=Outcome.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Operation.objects.create(**row, outcome=Outcome.QUEUED)
    Operation.objects.create(**row, outcome=Outcome.DONE)


def test_what_is_past_its_commit_point_cannot_be_cancelled(life: Life) -> None:
    operation = life.install(small())
    for fields in ({"outcome": Outcome.DONE}, {"outcome": Outcome.RUNNING, "committed": True}):
        Operation.objects.filter(pk=operation.pk).update(**fields)
        with pytest.raises(Refused) as caught:
            lifecycle.cancel_operation(actor=ACTOR, operation_id=operation.pk)
        assert caught.value.slug == "operation-not-cancellable"
    assert not Operation.objects.get(pk=operation.pk).cancel_requested


def test_a_package_with_errors_in_its_report_is_not_installed(life: Life) -> None:
    upload = life.upload(small())
    upload.report["errors"] = [{"slug": "x", "message": "y", "severity": "error"}]
    upload.save()
    with pytest.raises(Refused) as caught:
        lifecycle.install_module(actor=ACTOR, upload_id=upload.pk)
    assert caught.value.slug == "package-invalid"


def test_kept_data_can_only_be_erased(life: Life) -> None:
    life.install(small())
    life.remove(ID)
    with pytest.raises(NotFound) as caught:
        lifecycle.remove_module(actor=ACTOR, module_id=ID)
    assert caught.value.slug == "module-removed-already"


def test_without_the_kept_package_there_is_no_repair(life: Life) -> None:
    life.install(small())
    package = StoredPackage.objects.get()
    (life.data_dir.packages / package.sha256).unlink()
    Module.objects.update(fault="damaged")
    with pytest.raises(Refused) as caught:
        lifecycle.repair_module(actor=ACTOR, module_id=ID)
    assert caught.value.slug == "package-not-kept"


def test_nothing_goes_back_by_itself_twice(life: Life) -> None:
    life.install(small())
    life.install(small("2.0.0", "note"))
    life.run(lifecycle.rollback_module(actor=ACTOR, module_id=ID))
    with pytest.raises(Refused) as caught:
        lifecycle.rollback_module(actor=ACTOR, module_id=ID, automatic=True)
    assert caught.value.slug == "rolled-back-already"


def test_an_id_that_differs_only_in_case_is_refused_by_the_operator_too(life: Life) -> None:
    upload = life.upload(small())
    life.install(small())
    Module.objects.filter(pk=ID).update(id_fold="old")
    Module.objects.create(
        **{
            **{
                field.attname: getattr(Module.objects.get(pk=ID), field.attname)
                for field in Module._meta.concrete_fields
            },
            "id": "moduletest",
            "id_fold": "moduletest",
        }
    )
    done = life.run(lifecycle.install_module(actor=ACTOR, upload_id=upload.pk))
    assert done.outcome == Outcome.REFUSED
    assert done.error["slug"] == "id-differs-in-case"


def test_data_that_is_missing_or_damaged_is_not_copied(life: Life) -> None:
    life.install(small())
    source = life.database(ID)
    target = source.with_name("copy.db")
    with pytest.raises(ModuleError) as caught:
        data.copy_database(source.with_name("nothing.db"), target)
    assert caught.value.slug == "data-missing"
    damage(source)
    with pytest.raises(ModuleError) as caught:
        data.copy_database(source, target)
    assert caught.value.slug == "data-damaged"


def damage(path: Path) -> None:
    """Overwrite a page in the middle, which only reading all of it finds."""
    with sqlite3.connect(path) as rows:
        rows.execute("CREATE TABLE many (x)")
        rows.executemany("INSERT INTO many VALUES (?)", [("y" * 200,)] * 500)
    rows.close()
    whole = bytearray(path.read_bytes())
    whole[8192:12288] = b"\xff" * 4096
    path.write_bytes(whole)


def test_a_database_that_an_installer_damaged_is_not_settled(life: Life) -> None:
    life.install(small())
    damage(life.database(ID))
    with pytest.raises(ModuleError) as caught:
        data.settle(life.database(ID))
    assert caught.value.slug == "data-damaged"


def test_nobody_returns_to_a_version_whose_data_is_damaged(life: Life) -> None:
    life.install(small())
    older = life.database(ID)
    life.install(small("2.0.0", "note"))
    older.write_bytes(b"no database" * 1000)
    done = life.run(lifecycle.rollback_module(actor=ACTOR, module_id=ID))
    assert done.outcome == Outcome.FAILED
    assert done.error["slug"] == "data-damaged"
    assert Module.objects.get().version == "2.0.0"


def test_files_are_not_repaired_for_data_that_is_damaged(life: Life) -> None:
    life.install(small())
    alter(life)
    notice(life)
    repair = lifecycle.repair_module(actor=ACTOR, module_id=ID)
    damage(life.database(ID))
    done = life.run(repair)
    assert (done.outcome, done.error["slug"]) == (Outcome.FAILED, "data-damaged")


@pytest.mark.parametrize("verb", ["enable", "rollback", "repair"])
def test_what_the_host_cannot_load_is_led_back(life: Life, verb: str) -> None:
    life.install(small())
    life.install(small("2.0.0", "note"))
    if verb != "enable":
        life.enable(ID)
    if verb == "repair":
        alter(life)
        notice(life)
    before = Module.objects.values_list("version", "wanted", "fault", "generation").get()
    life.tools.host = HostOfWord(life.data_dir, loads=False)
    done = life.run(VERBS[verb][1](actor=ACTOR, module_id=ID))
    assert (done.outcome, done.error["slug"]) == (Outcome.FAILED, "module-does-not-load")
    assert Module.objects.values_list("version", "wanted", "fault", "generation").get() == before


def test_nobody_writes_while_the_data_is_copied(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(small())
    copy = data.copy_database
    tried = []

    def copy_beside_a_writer(source: Any, target: Any) -> None:
        with sqlite3.connect(source, timeout=0) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("INSERT INTO m_Numbers(number) VALUES ('late')")
        tried.append(source)
        copy(source, target)

    monkeypatch.setattr(data, "copy_database", copy_beside_a_writer)
    assert life.install(small("2.0.0", "note")).outcome == Outcome.DONE
    assert tried


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_operation_stops_at_the_next_stage(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.install(small())
    copy = data.copy_database

    def copy_and_cancel(source: Any, target: Any) -> None:
        copy(source, target)
        operation = Operation.objects.latest("pk")
        lifecycle.cancel_operation(actor=ACTOR, operation_id=operation.pk)

    monkeypatch.setattr(data, "copy_database", copy_and_cancel)
    done = life.install(small("2.0.0", "note"))
    assert done.outcome == Outcome.CANCELLED
    assert Module.objects.get().version == "1.0.0"


def test_a_module_whose_page_fails_on_the_host_is_led_back(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_work: Any) -> None:
        raise ModuleError("page-fails", "The page fails.")

    life.install(small())
    life.tools.host = HostOfWord(life.data_dir, loads=True)
    monkeypatch.setattr(checking, "check_page", fails)
    done = life.enable(ID)
    assert (done.outcome, done.error["slug"]) == (Outcome.FAILED, "page-fails")
    assert Module.objects.get().wanted == "off"


def test_who_cancels_while_the_module_is_asked_is_heard(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(work: Any, *_arguments: Any, **_options: Any) -> None:
        Operation.objects.filter(pk=work.operation.pk).update(cancel_requested=True)
        raise ChildFailed("module-code-stopped", "Its code was stopped on request.")

    life.install(small(), enable=True)
    monkeypatch.setattr(Disable, "ask_hook", stopped)
    assert life.disable(ID).outcome == Outcome.CANCELLED
    assert Module.objects.get().wanted == "on"
