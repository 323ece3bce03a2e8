"""Stamps of time: a clock that is set never makes one younger (reference R6.4)."""

from __future__ import annotations

import time

import pytest

from modules_app.processes import clock


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float | str]:
    """A machine whose clocks the test sets."""
    at: dict[str, float | str] = {"boot": "first", "running": 1000.0, "clock": 50_000.0}
    monkeypatch.setattr(clock, "boot_id", lambda: at["boot"])
    monkeypatch.setattr(clock, "seconds_running", lambda: at["running"])
    monkeypatch.setattr(clock.time, "time", lambda: at["clock"])
    return at


def test_a_stamp_ages_with_time(machine: dict[str, float | str]) -> None:
    then = clock.stamp()
    assert clock.seconds_since(then) == 0
    machine.update(running=1060.0, clock=50_060.0)
    assert clock.seconds_since(then) == 60


@pytest.mark.parametrize("change", [-40_000.0, -61.0, -59.0, 40_000.0])
def test_setting_the_clock_never_makes_a_stamp_younger(
    machine: dict[str, float | str], change: float
) -> None:
    then = clock.stamp()
    machine.update(running=1060.0, clock=50_060.0 + change)
    age = clock.seconds_since(then)
    assert age is not None and age >= 60


def test_after_a_restart_a_stamp_proves_nothing(machine: dict[str, float | str]) -> None:
    then = clock.stamp()
    machine.update(boot="second", running=1001.0, clock=50_001.0)
    assert clock.seconds_since(then) is None
    assert clock.seconds_since(then, over_restarts=True) == 1
    machine.update(clock=49_000.0)
    assert clock.seconds_since(then, over_restarts=True) is None


@pytest.mark.parametrize("stored", [None, "", 5, [], ["first"], ["first", "x", 1], {"boot": 1}])
def test_what_is_no_stamp_proves_nothing(stored: object) -> None:
    assert clock.seconds_since(stored) is None


def test_a_stamp_from_the_future_of_this_machine_proves_nothing() -> None:
    boot, running, now = clock.stamp()
    assert clock.seconds_since([boot, running + 100, now + 100]) is None


def test_the_real_clocks_agree() -> None:
    boot, running, now = clock.stamp()
    assert boot == clock.boot_id() and len(boot) > 20
    assert running <= clock.seconds_running() and now <= time.time()
