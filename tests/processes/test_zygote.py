"""Children that behave in every way code can misbehave: the verdict is always the true one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modules_app.processes.locks import FileLock
from modules_app.processes.zygote import ChildLimits, ChildResult, Zygote

HERE = "tests.processes.targets"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote(settings_module="pbxadmin.settings.test", label="test-zygote")
    yield made
    made.close()


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def wait_until_dead(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


def wait_for_pid(path: Path) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError("the child did not say its process id")


def test_a_target_gets_its_payload_and_its_answer_comes_back(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:echo", {"text": "привет"}, seconds=20)

    assert result.ok and result.problem == "" and result.exit_status == 0
    assert result.value is not None and result.value["echo"] == {"text": "привет"}


def test_each_run_has_a_process_of_its_own(zygote: Zygote) -> None:
    pids = {zygote.run(f"{HERE}:echo", {}, seconds=20).value["pid"] for _ in range(3)}  # type: ignore[index]

    assert len(pids) == 3


def test_children_have_django_set_up_with_the_settings_asked_for(zygote: Zygote) -> None:
    value = zygote.run(f"{HERE}:settings", {}, seconds=20).value

    assert value == {"settings": "pbxadmin.settings.test", "ready": True}


def test_a_large_payload_and_a_large_answer_pass(zygote: Zygote) -> None:
    payload = {"size": 2_000_000, "padding": "z" * 2_000_000}

    value = zygote.run(f"{HERE}:large_answer", payload, seconds=30).value

    assert value is not None and len(value["text"]) == 2_000_000


def test_an_exception_is_reported_with_its_traceback(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:raises", {}, seconds=20)

    assert (result.ok, result.problem, result.value) == (False, "raised", None)
    assert "the shelf is empty" in result.traceback


@pytest.mark.parametrize("name", ["raises_system_exit", "returns_unserialisable", "no_such_name"])
def test_other_failures_in_python_are_raised_too(zygote: Zygote, name: str) -> None:
    result = zygote.run(f"{HERE}:{name}", {}, seconds=20)

    assert (result.ok, result.problem) == (False, "raised")


def test_a_hundred_megabytes_of_output_leave_only_their_tail(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:prints", {"kilobytes": 100 * 1024}, seconds=60)

    assert result.ok
    assert len(result.output) <= 8 * 1024
    assert result.output.endswith("the last line\n")


@pytest.mark.parametrize("name", ["prints_fake_verdict", "writes_fake_verdict_everywhere"])
def test_b08_a_forged_verdict_does_not_count(zygote: Zygote, name: str) -> None:
    result = zygote.run(f"{HERE}:{name}", {}, seconds=20)

    assert (result.ok, result.problem, result.value) == (False, "no-verdict", None)


def test_b02_exit_zero_without_an_answer_is_not_success(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:exits", {"status": 0}, seconds=20)

    assert (result.ok, result.problem, result.exit_status) == (False, "no-verdict", 0)


@pytest.mark.parametrize("status", [1, 3, 4])
def test_b02_other_exits_are_crashes(zygote: Zygote, status: int) -> None:
    result = zygote.run(f"{HERE}:exits", {"status": status}, seconds=20)

    assert (result.ok, result.problem, result.exit_status) == (False, "crashed", status)


def test_b03_a_signal_is_a_crash(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:aborts", {}, seconds=20)

    assert (result.problem, result.exit_status) == ("crashed", -signal.SIGABRT)


@pytest.mark.parametrize("name", ["sleeps", "ignores_signals"])
def test_b05_a_child_that_hangs_is_killed_at_its_time_limit(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    pid_file = tmp_path / "pid"

    result = zygote.run(f"{HERE}:{name}", {"pid_file": str(pid_file)}, seconds=0.5)

    assert (result.ok, result.problem) == (False, "timeout")
    assert not alive(int(pid_file.read_text()))


def test_b07_a_daemon_neither_delays_the_answer_nor_outlives_it(
    zygote: Zygote, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"

    result = zygote.run(f"{HERE}:daemonises", {"pid_file": str(pid_file)}, seconds=60)

    assert result.ok and result.value == {"daemonised": True}
    assert result.seconds < 30
    assert not alive(int(pid_file.read_text()))


def test_a_program_that_was_left_running_is_killed(zygote: Zygote, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    result = zygote.run(f"{HERE}:starts_program", {"pid_file": str(pid_file)}, seconds=30)

    assert result.ok
    assert not alive(int(pid_file.read_text()))


def test_b09_closing_all_descriptors_is_not_success(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:closes_everything", {}, seconds=20)

    assert (result.ok, result.problem) == (False, "crashed")


def test_r48_a_killed_zygote_says_nothing_about_the_child(tmp_path: Path) -> None:
    own = Zygote(settings_module="pbxadmin.settings.test", label="killed")
    pid_file = tmp_path / "pid"
    results: list[ChildResult] = []
    payload = {"pid_file": str(pid_file)}
    running = threading.Thread(
        target=lambda: results.append(own.run(f"{HERE}:sleeps", payload, seconds=60))
    )
    running.start()
    try:
        wait_for_pid(pid_file)
        assert own._process is not None
        os.kill(own._process.pid, signal.SIGKILL)
        running.join(30)
        assert [result.problem for result in results] == ["lost"]
    finally:
        own.close()


def test_b06_memory_is_limited(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:eats_memory", {}, seconds=20)

    assert (result.ok, result.problem) == (False, "raised")
    assert "MemoryError" in result.traceback


def test_b04_cpu_time_is_limited(zygote: Zygote) -> None:
    limits = ChildLimits(cpu_seconds=1)

    result = zygote.run(f"{HERE}:spins", {}, seconds=60, limits=limits)

    assert (result.ok, result.problem) == (False, "timeout")
    assert result.exit_status in (-signal.SIGXCPU, -signal.SIGKILL)


def test_b11_a_thread_that_runs_on_does_not_hold_the_answer(zygote: Zygote) -> None:
    result = zygote.run(f"{HERE}:leaves_thread", {}, seconds=60)

    assert result.ok and result.seconds < 30


def test_a_run_can_be_stopped(zygote: Zygote, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    result = zygote.run(
        f"{HERE}:sleeps", {"pid_file": str(pid_file)}, seconds=60, should_stop=pid_file.exists
    )

    assert (result.ok, result.problem) == (False, "stopped")
    assert not alive(int(pid_file.read_text()))


def test_children_inherit_no_lock_and_no_socket(zygote: Zygote, tmp_path: Path) -> None:
    with FileLock(tmp_path / "held.lock") as lock:
        assert lock.try_lock()
        value = zygote.run(f"{HERE}:descriptors", {}, seconds=20).value

    assert value is not None and value["links"]
    assert not [name for name in value["links"] if "held.lock" in name or "socket" in name]


def test_several_children_run_at_once(zygote: Zygote, tmp_path: Path) -> None:
    release = tmp_path / "release"
    results = []

    def sleep(number: int) -> None:
        payload = {"pid_file": str(tmp_path / str(number))}
        results.append(
            zygote.run(f"{HERE}:sleeps", payload, seconds=60, should_stop=release.exists)
        )

    threads = [threading.Thread(target=sleep, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    pids = [wait_for_pid(tmp_path / str(number)) for number in range(4)]

    assert all(alive(pid) for pid in pids)
    assert zygote.run(f"{HERE}:echo", {}, seconds=20).ok
    release.touch()
    for thread in threads:
        thread.join()
    assert [result.problem for result in results] == ["stopped"] * 4


def test_a_dead_zygote_is_replaced(tmp_path: Path) -> None:
    zygote = Zygote(settings_module="pbxadmin.settings.test", label="dies")
    try:
        assert zygote.run(f"{HERE}:echo", {}, seconds=20).ok
        assert zygote._process is not None
        zygote._process.kill()
        zygote._process.wait()
        assert zygote.run(f"{HERE}:echo", {}, seconds=20).ok
    finally:
        zygote.close()


def test_closing_ends_the_children(tmp_path: Path) -> None:
    zygote = Zygote(settings_module="pbxadmin.settings.test", label="closes")
    child = zygote.spawn(f"{HERE}:serves", {"pid_file": str(tmp_path / "pid")})

    assert alive(child.pid) and child.poll() is None
    zygote.close()

    assert wait_until_dead(child.pid)
    with pytest.raises(RuntimeError):
        zygote.run(f"{HERE}:echo", {}, seconds=1)


def test_a_long_lived_child_is_stopped_by_a_signal(zygote: Zygote, tmp_path: Path) -> None:
    child = zygote.spawn(f"{HERE}:serves", {"pid_file": str(tmp_path / "pid")})

    assert wait_for_pid(tmp_path / "pid") == child.pid
    assert child.poll() is None
    assert child.terminate(grace=20) == -signal.SIGTERM
    assert not alive(child.pid)


def test_a_long_lived_child_that_ignores_the_signal_is_killed(
    zygote: Zygote, tmp_path: Path
) -> None:
    child = zygote.spawn(f"{HERE}:ignores_signals", {"pid_file": str(tmp_path / "pid")})
    wait_for_pid(tmp_path / "pid")

    assert child.terminate(grace=0.3) == -signal.SIGKILL
    assert not alive(child.pid)


def test_the_exit_status_of_a_long_lived_child_is_known(zygote: Zygote) -> None:
    child = zygote.spawn(f"{HERE}:exits", {"status": 7})

    assert child.wait(20) == 7
    assert child.poll() == 7


def test_children_die_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    """Also the daemon that a child had started, because its minder notices."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT)
    pids = [wait_for_pid(tmp_path / name) for name in ("served", "slept")]
    owner.send_signal(signal.SIGKILL)
    owner.wait()

    assert all(wait_until_dead(pid) for pid in pids)


OWNER = f"""
import sys, threading
from pathlib import Path
from modules_app.processes.zygote import Zygote
folder = Path(sys.argv[1])
zygote = Zygote(settings_module="pbxadmin.settings.test", label="owner")
zygote.spawn("{HERE}:serves", {{"pid_file": str(folder / "served")}})
zygote.run("{HERE}:ignores_signals", {{"pid_file": str(folder / "slept")}}, seconds=600)
"""


def test_children_die_when_the_zygote_is_killed(tmp_path: Path) -> None:
    zygote = Zygote(settings_module="pbxadmin.settings.test", label="killed")
    try:
        child = zygote.spawn(f"{HERE}:serves", {"pid_file": str(tmp_path / "pid")})
        assert zygote._process is not None
        os.kill(zygote._process.pid, signal.SIGKILL)

        assert wait_until_dead(child.pid)
        assert child.wait(20) is not None
    finally:
        zygote.close()


def test_several_may_wait_for_orders_and_each_takes_one() -> None:
    two = Zygote(settings_module="pbxadmin.settings.test", label="two", waiting=2)
    try:
        with ThreadPoolExecutor(5) as pool:
            results = list(
                pool.map(
                    lambda number: two.run(f"{HERE}:echo", {"n": number}, seconds=60), range(5)
                )
            )
    finally:
        two.close()

    answers = [result.value or {} for result in results]
    assert [answer.get("echo") for answer in answers] == [{"n": number} for number in range(5)]
    assert len({answer["pid"] for answer in answers}) == 5
    assert not [answer["pid"] for answer in answers if alive(answer["pid"])]
