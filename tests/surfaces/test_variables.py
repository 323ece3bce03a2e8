"""What a command says of generated files holds for the operator's variables, not its shell's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.operator import surfaces
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.surfaces.overview import Standing, overview
from modules_app.surfaces.variables import FILE, NAMES, as_the_operator, note_variables
from tests.lifecycle import Life
from tests.surfaces.rows import answering


@pytest.fixture
def applied(life: Life, settings: Settings) -> Life:
    """An installation whose operator applied everything, and a shell with another port since."""
    settings.PBX_PORT = 8123
    note_variables(FsOps(), life.data_dir)
    surfaces.refresh(life.tools)
    settings.PBX_PORT = 9456
    return life


def test_another_port_in_a_shell_makes_nothing_wait(applied: Life, settings: Settings) -> None:
    assert overview(["nginx"])[0].standing is Standing.WAITS, "drawn with this shell's port"
    with as_the_operator(applied.data_dir) as other:
        assert other == ["PBX_PORT"]
        assert {view.name for view in overview() if view.waits} == set()
    assert settings.PBX_PORT == 9456, "the shell has its own variables again"


def test_what_rows_ask_for_still_waits(applied: Life) -> None:
    answering("ModuleA", create_cron_tasks=["1 * * * * a"])
    with as_the_operator(applied.data_dir):
        assert [view.name for view in overview() if view.waits] == ["cron"]


def test_the_way_in_which_cron_calls_is_not_named_as_a_variable(
    applied: Life, settings: Settings
) -> None:
    settings.PBX_PORT = 8123
    settings.MANAGE = ["/elsewhere/python", "manage.py"]
    with as_the_operator(applied.data_dir) as other:
        assert other == []
        assert {view.name for view in overview() if view.waits} == set()


@pytest.mark.parametrize("noted", [None, "{", "[1]", '{"PBX_UNKNOWN": 1}'])
def test_where_nothing_is_noted_the_own_variables_count(
    tmp_path: Path, settings: Settings, noted: str | None
) -> None:
    data_dir = DataDir(tmp_path)
    data_dir.prepare(FsOps())
    if noted is not None:
        (data_dir.run / FILE).write_text(noted)
    with as_the_operator(data_dir) as other:
        assert other == []


def test_a_folder_that_takes_no_file_does_not_stop_the_operator(tmp_path: Path) -> None:
    note_variables(FsOps(), DataDir(tmp_path / "nowhere"))


def test_every_variable_is_noted(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    data_dir.prepare(FsOps())
    note_variables(FsOps(), data_dir)
    assert sorted(json.loads((data_dir.run / FILE).read_text())) == sorted(NAMES)
