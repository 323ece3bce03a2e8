"""Records that are lost must not take the modules' files with them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from modules_app.domain.operations import Outcome
from modules_app.operator.cleaning import sweep_all
from modules_app.operator.housekeeping import keep_house
from modules_app.operator.tools import Tools
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from tests.pages import operation


@pytest.fixture
def data(tmp_path: Path, settings: Settings, db: None) -> Path:
    """A data folder with the data of a module that no row names."""
    settings.PBX_DATA_DIR = tmp_path
    DataDir(tmp_path).prepare(FsOps())
    file = tmp_path / "data" / "ModuleX" / "1" / "module.db"
    file.parent.mkdir(parents=True)
    file.write_text("precious")
    return file


def sweep(root: Path) -> None:
    sweep_all(Tools(fsops=FsOps(), data_dir=DataDir(root), zygote=None, host=None))  # type: ignore[arg-type]


def test_records_without_an_operation_delete_nothing(data: Path, tmp_path: Path) -> None:
    sweep(tmp_path)
    assert data.read_text() == "precious"


def test_f21_what_no_operation_explains_goes_to_the_trash_for_a_week(
    data: Path, tmp_path: Path
) -> None:
    operation("ModuleY")
    tools = Tools(fsops=FsOps(), data_dir=DataDir(tmp_path), zygote=None, host=None)  # type: ignore[arg-type]
    sweep_all(tools)
    assert not data.exists()

    (moved,) = (tmp_path / "trash").iterdir()
    assert (moved / "module.db").read_text() == "precious"
    keep_house(tools)
    assert moved.exists()
    eight_days_ago = time.time() - 8 * 24 * 3600
    os.utime(moved, (eight_days_ago, eight_days_ago))
    keep_house(tools)
    assert not moved.exists()


@pytest.mark.parametrize(("outcome", "later", "stays"), [
    (Outcome.ABORTED, None, False),
    (Outcome.DONE, None, True),
    (Outcome.DONE, Outcome.DONE, False),
    (Outcome.DONE, Outcome.REFUSED, True),
])  # fmt: skip
def test_what_an_operation_left_is_deleted_and_what_lost_its_row_is_not(
    data: Path, tmp_path: Path, outcome: Outcome, later: Outcome | None, stays: bool
) -> None:
    made = operation("ModuleX", outcome=outcome, committed=outcome == Outcome.DONE)
    data.parent.rename(data.parent.with_name(str(made.pk)))
    if later is not None:
        operation("ModuleX", verb="upgrade", outcome=later, committed=later == Outcome.DONE)
    sweep(tmp_path)
    assert bool(list((tmp_path / "trash").iterdir())) == stays
    assert not (tmp_path / "data" / "ModuleX").exists()


def test_a_start_with_lost_records_is_refused(data: Path) -> None:
    with pytest.raises(CommandError, match="Bring core.sqlite3 back from a backup"):
        call_command("prepare")
    assert data.read_text() == "precious"
