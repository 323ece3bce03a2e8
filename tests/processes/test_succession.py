"""Workers of a master of web that died serve until there is another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.processes import succession
from modules_app.processes.locks import FileLock
from modules_app.processes.succession import FILE, Orphaned, announce_master, current_master


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text("4711")
    return tmp_path


def test_a_master_says_who_it_is(run_dir: Path) -> None:
    announce_master(run_dir, 815)

    assert current_master(run_dir) == 815
    (run_dir / FILE).write_text("")
    assert current_master(run_dir) == 0


def test_it_is_needed_until_the_next_master_listens(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "_LOOK_SECONDS", 0.0)
    with FileLock(run_dir / "server.lock") as lock:
        assert lock.try_lock()
        orphaned = Orphaned(run_dir, 4711)
        assert orphaned.is_needed()

        announce_master(run_dir, 815)

        assert not orphaned.is_needed()


def test_nobody_is_needed_where_nobody_starts_another_master(run_dir: Path) -> None:
    assert not Orphaned(run_dir, 4711).is_needed()
