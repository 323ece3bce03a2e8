"""Records that are lost must not take the modules' files with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from modules_app.models import Operation
from modules_app.operator.cleaning import sweep_all
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


def test_records_with_operations_delete_what_they_do_not_name(data: Path, tmp_path: Path) -> None:
    operation("ModuleY")
    assert Operation.objects.exists()
    sweep(tmp_path)
    assert not data.exists()


def test_a_start_with_lost_records_is_refused(data: Path) -> None:
    with pytest.raises(CommandError, match="Bring core.sqlite3 back from a backup"):
        call_command("prepare")
    assert data.read_text() == "precious"
