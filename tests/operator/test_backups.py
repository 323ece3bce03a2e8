"""F15: the core database is copied, its damage is told, and the last good copy comes back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from modules_app.operator import backups
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps

ROOT = Path(__file__).parents[2]
DAMAGE = {
    "garbage": lambda path: path.write_bytes(b"no database at all" * 400),
    "first page": lambda path: overwrite(path, 0, b"\xff" * 4096),
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "missing": lambda path: path.unlink(),
}


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    """A data folder with a core database that has one operation."""
    found = DataDir(tmp_path)
    found.prepare(FsOps())
    with closing(sqlite3.connect(tmp_path / backups.CORE)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE modules_app_operation (id INTEGER)")
        connection.execute("INSERT INTO modules_app_operation VALUES (1)")
    return found


def numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM modules_app_operation")]


def back_up(data_dir: DataDir, kind: str = backups.OPERATION) -> Path | None:
    return backups.back_up(FsOps(), data_dir, kind)


def test_a_copy_holds_what_another_process_has_just_committed(data_dir: DataDir) -> None:
    with closing(sqlite3.connect(data_dir.root / backups.CORE)) as writer, writer:
        writer.execute("INSERT INTO modules_app_operation VALUES (2)")
        writer.commit()
        writer.execute("INSERT INTO modules_app_operation VALUES (3)")
        copy = back_up(data_dir)
        writer.rollback()
    assert copy is not None and numbers(copy) == [1, 2]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir.backups.iterdir()] == [copy.name]


def test_only_the_newest_of_each_kind_are_kept(data_dir: DataDir) -> None:
    first = back_up(data_dir, backups.HOUR)
    made = [back_up(data_dir) for _ in range(backups.KEPT[backups.OPERATION] + 3)]
    found = [one.path for one in backups.list_backups(data_dir)]
    assert found == [*reversed(made[3:]), first]


@pytest.mark.parametrize("how", sorted(DAMAGE))
def test_a_damaged_database_replaces_no_good_copy(data_dir: DataDir, how: str) -> None:
    good = back_up(data_dir)
    DAMAGE[how](data_dir.root / backups.CORE)
    assert back_up(data_dir) is None
    assert [one.path for one in backups.list_backups(data_dir)] == [good]
    assert not list(data_dir.backups.glob(".*"))


@pytest.mark.parametrize("how", sorted(DAMAGE))
def test_the_last_good_copy_comes_back(data_dir: DataDir, how: str) -> None:
    good, newer = back_up(data_dir), back_up(data_dir)
    assert newer is not None
    newer.write_bytes(b"damaged")
    core = data_dir.root / backups.CORE
    (data_dir.root / f"{backups.CORE}-wal").write_bytes(b"of another life")
    DAMAGE[how](core)

    found = backups.newest_good(data_dir)
    assert found is not None and found.path == good
    aside = backups.restore(FsOps(), data_dir, found)

    assert numbers(core) == [1] and backups.find_damage(core) == ""
    assert (aside / f"{backups.CORE}-wal").exists()
    assert (aside / backups.CORE).exists() == (how != "missing")


def test_a_copy_is_due_once_an_hour_whatever_the_clock_does(data_dir: DataDir) -> None:
    assert backups.is_due(data_dir, backups.HOUR)
    made = back_up(data_dir, backups.HOUR)
    assert made is not None and not backups.is_due(data_dir, backups.HOUR)
    for year in ("2001", "2099"):
        (other,) = data_dir.backups.glob("core-*")
        parts = other.name.split("-")
        other.rename(other.with_name("-".join([*parts[:2], f"{year}0101T000000", parts[3]])))
        assert backups.is_due(data_dir, backups.HOUR)


def test_a_series_of_operations_shares_one_copy(data_dir: DataDir) -> None:
    assert backups.is_due(data_dir, backups.OPERATION)
    back_up(data_dir)
    assert not backups.is_due(data_dir, backups.OPERATION)
    assert backups.is_due(data_dir, backups.HOUR)


def test_a_copy_that_was_broken_off_is_swept(data_dir: DataDir) -> None:
    made = back_up(data_dir)
    for suffix in ("tmp", "tmp-journal"):
        (data_dir.backups / f".core-00000002-20260101T000000-hour.sqlite3.{suffix}").touch()
    backups.sweep_drafts(FsOps(), data_dir)
    assert list(data_dir.backups.iterdir()) == [made]


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, "PBX_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
    )


def test_f15_a_damaged_core_database_is_told_and_brought_back(tmp_path: Path) -> None:
    core = tmp_path / backups.CORE
    assert manage(tmp_path, "prepare").returncode == 0
    with closing(sqlite3.connect(core)) as connection, connection:
        connection.execute("INSERT INTO modules_app_pbxsetting VALUES ('Name', 'kept')")
    assert back_up(DataDir(tmp_path)) is not None

    for how in ("garbage", "empty"):
        DAMAGE[how](core)
        damaged = core.read_bytes()
        refused = manage(tmp_path, "prepare")
        assert refused.returncode != 0
        assert "restore_core" in refused.stderr and "Traceback" not in refused.stderr
        assert core.read_bytes() == damaged, "no new database takes its place"

        restored = manage(tmp_path, "restore_core")
        assert restored.returncode == 0, restored.stderr
        with closing(sqlite3.connect(core)) as connection:
            query = "SELECT value FROM modules_app_pbxsetting WHERE key = 'Name'"
            assert connection.execute(query).fetchone() == ("kept",)
        assert manage(tmp_path, "prepare").returncode == 0
