"""What surrounds a child beside its limits: a PID namespace, no network, no further rights."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modules_app.processes import isolation, kernel
from modules_app.processes.zygote import ChildLimits, Zygote
from tests.conftest import missing
from tests.processes.test_zygote import HERE, alive

ALONE = ChildLimits(network=False, processes=200)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote(settings_module="pbxadmin.settings.test", label="isolating")
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain_zygote() -> Iterator[Zygote]:
    """One whose children are isolated only when their order asks for it."""
    made = Zygote(settings_module="pbxadmin.settings.test", label="plain", isolated=False)
    yield made
    made.close()


@pytest.fixture(scope="module")
def poor_zygote() -> Iterator[Zygote]:
    """One below a kernel that grants no namespaces."""
    refuse = f"{HERE}:refuse_namespaces"
    made = Zygote(settings_module="pbxadmin.settings.test", label="poor", preload=(refuse,))
    yield made
    made.close()


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True, scope="module")
def _namespaces() -> None:
    if isolation.granted() != {isolation.PID_NAMESPACE, isolation.NETWORK}:
        missing("this kernel grants no namespaces; tests of isolation do not run")


def test_a_child_has_numbers_and_a_network_of_its_own(zygote: Zygote, port: int) -> None:
    result = zygote.run(f"{HERE}:looks_around", {"port": port}, seconds=20, limits=ALONE)

    assert result.ok and result.value is not None
    assert result.value["parent"] == 0
    assert 1 < result.value["pid"] < 10  # the first one only waits
    assert result.value["networks"] == ["lo"]
    assert not result.value["answers"]
    assert not result.value["new_privileges"]
    assert set(result.weak) == ({isolation.PROCESS_LIMIT} if os.geteuid() == 0 else set())


def test_the_network_stays_where_it_was_not_taken(zygote: Zygote, port: int) -> None:
    result = zygote.run(f"{HERE}:looks_around", {"port": port}, seconds=20)

    assert result.value is not None and result.value["answers"]
    assert result.weak == []


def test_an_order_can_ask_for_what_was_not_prepared(plain_zygote: Zygote, port: int) -> None:
    plain = ChildLimits(isolated=False)
    first = plain_zygote.run(f"{HERE}:looks_around", {"port": port}, seconds=20, limits=plain)
    second = plain_zygote.run(f"{HERE}:looks_around", {"port": port}, seconds=20, limits=ALONE)

    assert first.value is not None and first.value["parent"] > 1
    assert second.value is not None and second.value["parent"] == 0
    assert not second.value["answers"]


def test_without_namespaces_a_child_runs_with_the_other_limits(
    poor_zygote: Zygote, port: int
) -> None:
    result = poor_zygote.run(f"{HERE}:looks_around", {"port": port}, seconds=20, limits=ALONE)

    assert result.ok and result.value is not None and result.value["answers"]
    assert {isolation.PID_NAMESPACE, isolation.NETWORK} <= set(result.weak)


@pytest.mark.parametrize("kind", ["zygote", "poor_zygote"])
def test_b05_b07_a_stubborn_daemon_dies_at_the_time_limit_of_its_child(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    warm: Zygote = request.getfixturevalue(kind)

    result = warm.run(f"{HERE}:stubborn_daemon", {"pid_file": str(pid_file)}, seconds=3)

    assert (result.ok, result.problem) == (False, "timeout")
    assert not alive(int(pid_file.read_text()))


def test_b07_whoever_runs_away_by_forking_dies_with_the_namespace(
    zygote: Zygote, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"

    result = zygote.run(f"{HERE}:runs_away", {"pid_file": str(pid_file)}, seconds=30)

    assert result.ok
    last = pid_file.read_text()
    time.sleep(0.2)
    assert pid_file.read_text() == last


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_b03_a_child_that_kills_itself_is_dead(zygote: Zygote, number: signal.Signals) -> None:
    """The first process of a namespace would survive it."""
    result = zygote.run(f"{HERE}:kills_itself", {"signal": int(number)}, seconds=20)

    assert (result.problem, result.exit_status) == ("crashed", -number)


def test_an_ordinary_user_gets_the_same_without_any_right(
    as_nobody: Callable[[Callable[[], object]], str], port: int
) -> None:
    def look() -> object:
        kernel._prctl(4, 1)  # a process that changed its user may not look at itself otherwise
        grants = isolation.granted()
        isolation.Room()
        isolation.leave_network()
        isolation.give_up_rights()
        status = Path("/proc/self/status").read_text()
        left = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]
        return sorted(grants), left, os.getuid()

    assert as_nobody(look) == repr((["network", "pid-namespace"], ["0" * 16], 65534))
