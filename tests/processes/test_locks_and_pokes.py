"""Locks say who has them and die with their holder; pokes wake who listens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from modules_app.processes.locks import FileLock
from modules_app.processes.poke import PokeListener, poke

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from modules_app.processes.locks import FileLock
lock = FileLock(sys.argv[1])
assert lock.try_lock()
print("locked", flush=True)
time.sleep(600)
"""


def hold(path: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"locked\n"
    return process


def test_a_lock_is_had_by_one_at_a_time(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")

    assert first.try_lock() and not second.try_lock()
    first.release()
    assert second.try_lock()


def test_the_holder_of_a_lock_is_known_by_process_and_command(tmp_path: Path) -> None:
    process = hold(tmp_path / "lock")
    try:
        holder = FileLock(tmp_path / "lock").holder()
        assert holder is not None and holder.pid == process.pid
    finally:
        process.kill()
        process.wait()


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    process = hold(tmp_path / "lock")
    process.send_signal(signal.SIGKILL)
    process.wait()

    lock = FileLock(tmp_path / "lock")
    assert lock.holder() is None
    assert lock.try_lock()


def test_a_free_lock_has_no_holder_although_its_file_stays(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        assert lock.try_lock()

    assert (tmp_path / "lock").exists()
    assert FileLock(tmp_path / "lock").holder() is None


def test_a_program_started_by_the_holder_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.try_lock()
    program = subprocess.Popen(["sleep", "600"])
    try:
        lock.release()
        assert FileLock(tmp_path / "lock").try_lock()
    finally:
        program.kill()
        program.wait()


def test_a_lock_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError):
        FileLock(tmp_path / "lock").try_lock()
    assert not (tmp_path / "elsewhere").exists()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / ("a-long-name-" * 12)
    (folder / "run").mkdir(parents=True)
    return folder


def test_a_poke_wakes_the_listener_even_below_a_very_long_path(data_dir: Path) -> None:
    listener = PokeListener(data_dir, "host")
    timer = threading.Timer(0.05, poke, (data_dir, "host"))
    timer.start()

    started = time.monotonic()
    assert listener.wait(30)
    assert time.monotonic() - started < 20
    listener.close()


def test_without_a_poke_the_wait_ends_by_itself(data_dir: Path) -> None:
    listener = PokeListener(data_dir, "host")

    assert not listener.wait(0.01)


def test_many_pokes_count_as_one_and_never_block(data_dir: Path) -> None:
    listener = PokeListener(data_dir, "host")
    for _ in range(5_000):
        assert poke(data_dir, "host")

    assert listener.wait(1)
    assert not listener.wait(0.01)


def test_nobody_listening_is_no_error(data_dir: Path) -> None:
    assert not poke(data_dir, "host")
    PokeListener(data_dir, "host").close()
    assert not poke(data_dir, "host")


def test_a_listener_takes_over_the_name_that_a_dead_one_left(data_dir: Path) -> None:
    PokeListener(data_dir, "host").close()
    listener = PokeListener(data_dir, "host")

    assert poke(data_dir, "host") and listener.wait(1)


def test_a_poke_socket_belongs_to_its_owner_only(data_dir: Path) -> None:
    listener = PokeListener(data_dir, "host")

    mode = os.stat(data_dir / "run" / "host.poke").st_mode & 0o777
    listener.close()
    assert mode == 0o600
