"""Whose fault the end of a worker was, also when the disk takes no note of it."""

from __future__ import annotations

import errno
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.bridge.strikes import UNKNOWN, Strike, Strikes
from modules_app.domain.strikes import StrikeRule
from modules_app.host import marker
from modules_app.host.marker import Doing, Marker, Moment, entering, marked
from modules_app.host.strikes import Judge, name_of_end
from modules_app.packages.errors import storage_failed
from modules_app.packages.fsops import FsOps

KILLED = "signal SIGKILL"


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / "boot").mkdir()
    return tmp_path


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Marker:
    made = Marker()
    monkeypatch.setattr(marker, "_marker", None)
    monkeypatch.setattr(marker, "_numbers", {})
    marker.use(made, ["Good", "Bad"])
    return made


def registry() -> Registry:
    modules = tuple(
        RegistryModule(one, f"m_{one}", "1-aa", "1", "mikopbx", "python", "1", "/c", "/d")
        for one in ("Good", "Bad")
    )
    return Registry(1, modules, "en", "2026")


def test_the_marker_says_whose_code_runs_and_forgets_it_afterwards(shared: Marker) -> None:
    assert shared.read() == Moment()
    with marked("Bad"):
        assert (shared.read().doing, shared.read().module) == (Doing.REQUEST, 1)
        with marked("Good", Doing.HOOK):
            assert (shared.read().doing, shared.read().module) == (Doing.HOOK, 0)
        assert (shared.read().doing, shared.read().module) == (Doing.REQUEST, 1)
    assert shared.read() == Moment()
    entering("Good")
    assert shared.read().doing is Doing.IMPORT
    entering("")
    assert shared.read() == Moment()


def test_the_marker_is_cleared_when_the_code_raises(shared: Marker) -> None:
    with pytest.raises(SystemExit), marked("Bad"):
        raise SystemExit
    assert shared.read() == Moment()


def test_what_is_no_module_of_the_registry_is_nobody(shared: Marker) -> None:
    with marked("Stranger"):
        assert shared.read() == Moment()


def test_r48_a_good_module_imported_in_between_is_not_blamed(run_dir: Path, shared: Marker) -> None:
    judge = Judge(run_dir, registry(), 1)
    entering("Good")
    entering("")
    entering("Bad")
    assert judge.charge(shared.read(), pid=1, how=KILLED) == "Bad"
    assert list(Strikes(run_dir).read()) == ["Bad"]


def test_an_end_without_any_modules_code_is_charged_to_none(run_dir: Path) -> None:
    judge = Judge(run_dir, registry(), 1)
    assert judge.charge(Moment(), pid=1, how=KILLED) == UNKNOWN
    assert judge.left_out(StrikeRule(1, 1, 1)) == {}
    assert Strikes(run_dir).left_out(registry(), StrikeRule(1, 1, 1), now=1) == {}


def test_a_module_is_left_out_on_a_full_disk_too(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise storage_failed(OSError(errno.ENOSPC, "full"), "write")

    monkeypatch.setattr(FsOps, "write_file_atomically", full)
    judge = Judge(run_dir, registry(), 1)
    for _ in range(2):
        judge.charge(Moment(Doing.IMPORT, 1, 0.0), pid=1, how=KILLED)
    assert list(judge.left_out(StrikeRule())) == ["Bad"]


def test_a_server_leaves_out_whom_it_charged_also_when_the_file_forgets_it(run_dir: Path) -> None:
    """The operator forgets the strikes when it stops the module, before this server has ended."""
    judge = Judge(run_dir, registry(), 1)
    for _ in range(2):
        judge.charge(Moment(Doing.IMPORT, 1, 0.0), pid=1, how=KILLED)
    Strikes(run_dir).forget(["Bad"])
    assert list(judge.left_out(StrikeRule())) == ["Bad"]
    assert Judge(run_dir, registry(), 1).left_out(StrikeRule()) == {}


def test_ends_have_names() -> None:
    assert name_of_end(3 << 8) == "status 3"
    assert name_of_end(int(signal.SIGSEGV)) == "signal SIGSEGV"
    assert name_of_end(int(signal.SIGRTMIN) + 1) == f"signal {signal.SIGRTMIN + 1}"


def test_two_processes_may_charge_at_once(run_dir: Path) -> None:
    def charge(name: str) -> None:
        for number in range(10):
            Strikes(run_dir).charge(name, "1-aa", Strike(number, "request", "status 1"))

    threads = [threading.Thread(target=charge, args=(name,)) for name in ("Good", "Bad")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Strikes(run_dir).read()
    assert [len(found[name].strikes) for name in ("Good", "Bad")] == [10, 10]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"A": 5}', '{"A": {"generation": "1"}}'])
def test_an_unreadable_file_counts_as_none(run_dir: Path, text: str) -> None:
    (run_dir / "strikes.json").write_text(text)
    assert Strikes(run_dir).read() == {}
