"""The host parent with real servers and a stand-in application."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.connection import HostConnection
from modules_app.bridge.health import ask_health
from modules_app.bridge.names import HEALTH_FILE, socket_name
from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.bridge.strikes import Strikes
from modules_app.host.greed import WorkerLimits, descendants
from modules_app.host.parent import HostOptions, HostParent


class Host:
    """A host parent in a thread, with a registry that the test changes."""

    def __init__(self, data_dir: Path, **options: Any) -> None:
        self.data_dir = data_dir
        self.run_dir = data_dir / "run"
        self.registry = Registry(0, (), "en", "2026.3.1")
        self.thread: threading.Thread | None = None
        options = HostOptions(
            data_dir=data_dir,
            settings_module="pbxadmin.settings.test",
            application="tests.processes.tiny:build",
            preload=("modules_app.host.arbiter", "tests.processes.tiny"),
            **{"import_timeout": 1, "drain": 20, "stop": 2, **options},
        )
        self.parent = HostParent(
            options,
            current_sequence=lambda: self.registry.sequence,
            build_registry=lambda: self.registry,
        )

    def start(self, sequence: int, **behaviours: str) -> None:
        self.switch(sequence, **behaviours)
        self.thread = threading.Thread(target=self.parent.run)
        self.thread.start()

    def switch(self, sequence: int, **behaviours: str) -> None:
        modules = tuple(module(name, behaviour) for name, behaviour in behaviours.items())
        self.registry = Registry(sequence, modules, "en", "2026.3.1")

    def stop(self) -> None:
        self.parent.stop()
        if self.thread is not None:
            self.thread.join(60)
            assert not self.thread.is_alive()

    def health(self, sequence: int, until: Callable[[dict[str, Any]], bool] = bool) -> Any:
        found: dict[str, Any] = {}

        def asked() -> bool:
            nonlocal found
            found = ask_health(self.run_dir / socket_name(sequence), seconds=1) or {}
            return bool(found) and until(found)

        wait_for(asked)
        return found

    def get(self, sequence: int, query: str, timeout: float = 30) -> http.client.HTTPResponse:
        connection = HostConnection(self.run_dir / socket_name(sequence), timeout)
        connection.request("GET", f"/act?{query}")
        return connection.getresponse()


def module(name: str, behaviour: str, generation: str = "1-00000000") -> RegistryModule:
    return RegistryModule(
        name, f"m_{name}", generation, "1", "mikopbx", "python", behaviour, "/none", "/none"
    )


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    (tmp_path / "run").mkdir()
    made = Host(tmp_path)
    yield made
    made.stop()


def test_the_sequence_of_the_database_is_served_and_its_health_is_noted(host: Host) -> None:
    host.start(4, ModuleOne="fine")

    assert host.health(4) == {
        "sequence": 4,
        "safe_mode": False,
        "settled": [],
        "modules": {"ModuleOne": {"ok": True}},
    }
    wait_for((host.run_dir / HEALTH_FILE).exists)
    assert json.loads((host.run_dir / HEALTH_FILE).read_text())["sequence"] == 4


def test_a_new_sequence_takes_over_and_the_old_one_ends(host: Host) -> None:
    host.start(1)
    host.health(1)
    host.switch(2, ModuleOne="fine")

    assert host.health(2)["sequence"] == 2
    wait_for(lambda: not (host.run_dir / socket_name(1)).exists())
    wait_for(lambda: not (host.run_dir / "registry-1.json").exists())


def test_a_request_under_way_ends_well_on_the_old_sequence(host: Host) -> None:
    host.start(1)
    host.health(1)
    statuses: list[int] = []
    slow = threading.Thread(target=lambda: statuses.append(host.get(1, "sleep=2").status))
    slow.start()
    time.sleep(0.5)
    host.switch(2)
    host.health(2)
    slow.join()

    assert statuses == [200]


@pytest.mark.parametrize("status", range(5))
def test_b02_a_module_that_exits_at_import_is_left_out_and_the_others_serve(
    host: Host, status: int
) -> None:
    host.start(1, Good="fine", Bad=f"exit:{status}")

    modules = host.health(1)["modules"]
    assert modules["Good"] == {"ok": True}
    assert modules["Bad"]["ok"] is False
    assert modules["Bad"]["error"].startswith("Its code ended the process")


def test_b03_a_module_that_crashes_at_import_is_left_out(host: Host) -> None:
    host.start(1, Bad="abort", Good="fine")

    modules = host.health(1)["modules"]
    assert (modules["Good"]["ok"], modules["Bad"]["ok"]) == (True, False)


def test_b05_a_module_that_hangs_at_import_is_left_out(host: Host) -> None:
    host.start(1, Good="fine", Bad="hang")

    modules = host.health(1)["modules"]
    assert modules["Good"] == {"ok": True}
    assert modules["Bad"]["error"].startswith("Its code did not come back")


def test_a_left_out_module_is_tried_again_in_another_generation(host: Host) -> None:
    host.start(1, Bad="exit:3")
    host.health(1)
    mended = module("Bad", "fine", generation="2-00000000")
    host.registry = Registry(2, (mended,), "en", "2026.3.1")

    assert host.health(2)["modules"] == {"Bad": {"ok": True}}


def test_a_left_out_module_is_tried_again_after_it_was_off(host: Host) -> None:
    host.start(1, Bad="exit:3")
    host.health(1)
    host.switch(2)
    host.health(2)

    assert Strikes(host.run_dir).read() == {}


def break_in(host: Host, module_id: str, what: str) -> None:
    """Ask ``module_id`` for something that ends the worker."""
    with pytest.raises((http.client.HTTPException, OSError)):
        host.get(1, f"{module_id}&{what}")


@pytest.mark.parametrize(
    ("what", "how"),
    [("exit=0", "status 0"), ("exit=3", "status 3"), ("kill=11", "signal SIGSEGV"),
     ("kill=9", "signal SIGKILL")],
)  # fmt: skip
def test_r48_a_request_that_ends_the_worker_is_charged_to_its_module(
    host: Host, what: str, how: str
) -> None:
    host.start(1, Good="fine", Bad="fine")
    host.health(1)
    host.get(1, "Good&")
    break_in(host, "Bad", what)
    wait_for(lambda: bool(Strikes(host.run_dir).read()))

    found = Strikes(host.run_dir).read()
    assert list(found) == ["Bad"]
    assert (found["Bad"].last.doing, found["Bad"].last.how) == ("request", how)
    assert found["Bad"].generation == "1-00000000"


def test_r48_a_request_without_an_end_is_charged_and_says_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    host = Host(tmp_path, timeout=2)
    try:
        _hang(host)
    finally:
        host.stop()


def _hang(host: Host) -> None:
    host.start(1, Good="fine", Bad="fine")
    host.health(1)
    with pytest.raises((http.client.HTTPException, OSError)):
        host.get(1, "Bad&sleep=600", timeout=60)
    wait_for(lambda: bool(Strikes(host.run_dir).read()))

    last = Strikes(host.run_dir).read()["Bad"].last
    assert last.how == "hung"
    assert "tiny.py" in last.excerpt
    assert host.health(1)["modules"]["Bad"] == {"ok": True}


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("what", "how"), [(f"hoard={400 * MIB}", "memory"), ("fork=12", "processes")]
)
def test_b06_b07_a_request_that_takes_too_much_is_ended_and_charged(
    tmp_path: Path, what: str, how: str
) -> None:
    (tmp_path / "run").mkdir()
    limits = WorkerLimits(memory_bytes=300 * MIB, processes=8)
    host = Host(tmp_path, limits=limits)
    try:
        host.start(1, Good="fine", Bad="fine")
        host.health(1)
        break_in(host, "Bad", what)
        wait_for(lambda: bool(Strikes(host.run_dir).read()))

        found = Strikes(host.run_dir).read()
        assert list(found) == ["Bad"]
        assert (found["Bad"].last.doing, found["Bad"].last.how) == ("request", how)
        assert host.get(1, "Good&").status == 200
        newest = host.parent._newest
        assert newest is not None
        wait_for(lambda: len(descendants(newest.child.pid)) == 2)
    finally:
        host.stop()


def test_b06_one_allocation_that_is_far_too_large_is_refused_by_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    host = Host(tmp_path, limits=WorkerLimits(memory_bytes=300 * MIB))
    try:
        host.start(1, Bad="fine")
        host.health(1)
        assert host.get(1, f"Bad&hoard={8 * 1024 * MIB}").status == 500
        assert Strikes(host.run_dir).read() == {}
    finally:
        host.stop()


def test_what_forked_processes_share_counts_once(tmp_path: Path) -> None:
    """Each of them seems as large as the worker, and together they are not."""
    (tmp_path / "run").mkdir()
    host = Host(tmp_path, limits=WorkerLimits(memory_bytes=300 * MIB, processes=40))
    try:
        host.start(1, Good="fine")
        host.health(1)
        slow = threading.Thread(target=lambda: _ignore_errors(host, "Good&fork=30"))
        slow.start()
        newest = host.parent._newest
        assert newest is not None
        wait_for(lambda: len(descendants(newest.child.pid)) == 32)
        time.sleep(0.6)
        assert Strikes(host.run_dir).read() == {}
    finally:
        host.stop()
    slow.join()


def test_r48_two_bad_modules_at_once_are_both_found(host: Host) -> None:
    host.start(1, One="exit:3", Good="fine", Two="abort")

    modules = host.health(1)["modules"]
    assert {name: state["ok"] for name, state in modules.items()} == {
        "One": False,
        "Good": True,
        "Two": False,
    }


def test_r48_a_stop_during_a_request_is_nobodys_fault(host: Host) -> None:
    host.start(1, Good="fine")
    host.health(1)
    slow = threading.Thread(target=lambda: _ignore_errors(host, "Good&sleep=20"))
    slow.start()
    time.sleep(0.5)
    host.stop()
    slow.join()

    assert Strikes(host.run_dir).read() == {}


def test_r48_a_killed_zygote_is_nobodys_fault(host: Host) -> None:
    host.start(1, Good="fine")
    host.health(1)
    slow = threading.Thread(target=lambda: _ignore_errors(host, "Good&sleep=20"))
    slow.start()
    time.sleep(0.5)
    first = host.parent._newest
    assert host.parent._zygote._process is not None
    os.kill(host.parent._zygote._process.pid, 9)
    wait_for(lambda: host.parent._newest not in (first, None))
    slow.join()

    assert host.health(1)["modules"] == {"Good": {"ok": True}}
    assert Strikes(host.run_dir).read() == {}


def test_a_module_that_keeps_all_workers_busy_leaves_one_for_the_others(host: Host) -> None:
    host.start(1, Good="fine", Bad="fine")
    host.health(1)
    busy = [threading.Thread(target=lambda: _ignore_errors(host, "Bad&sleep=25")) for _ in range(2)]
    for thread in busy:
        thread.start()
    time.sleep(0.5)

    assert host.get(1, "Good&", timeout=15).status == 200
    host.stop()
    for thread in busy:
        thread.join()


def _ignore_errors(host: Host, query: str) -> None:
    with suppress(OSError, http.client.HTTPException):
        host.get(1, query)


@pytest.mark.parametrize("status", range(5))
def test_b02_a_view_that_exits_costs_one_worker(host: Host, status: int) -> None:
    host.start(1, Good="fine")
    host.health(1)

    for _ in range(4):
        with pytest.raises((http.client.HTTPException, OSError)):
            host.get(1, f"exit={status}")
    assert host.health(1)["modules"] == {"Good": {"ok": True}}
    assert host.get(1, "").status == 200


def test_a_failure_that_escapes_the_loader_is_charged_too(host: Host) -> None:
    host.start(1, Bad="raise")
    wait_for(lambda: len(Strikes(host.run_dir).read()) == 1)

    assert host.health(1)["modules"]["Bad"]["ok"] is False


def test_a_server_that_dies_is_started_again(host: Host) -> None:
    host.start(1, Good="fine")
    host.health(1)
    newest = host.parent._newest
    assert newest is not None
    os.kill(newest.child.pid, 9)
    wait_for(lambda: host.parent._newest is not newest)

    assert host.health(1)["modules"] == {"Good": {"ok": True}}


def test_trouble_with_the_database_changes_nothing(host: Host) -> None:
    host.start(1, Good="fine")
    host.health(1)

    def broken() -> int:
        raise OSError("disk I/O error")

    host.parent._current_sequence = broken
    time.sleep(1.5)
    assert host.health(1)["sequence"] == 1
    host.parent._current_sequence = lambda: host.registry.sequence
    host.switch(2)
    assert host.health(2)["sequence"] == 2


def test_stopping_leaves_no_process_and_no_socket(host: Host) -> None:
    host.start(1, Good="fine")
    host.health(1)
    pids = [int(host.get(1, "").headers["X-Pid"]) for _ in range(5)]
    host.stop()

    assert not list(host.run_dir.glob("*.sock"))
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
