"""F01, F02, F30: an operation that is killed anywhere leaves old or new, never a mixture."""

from __future__ import annotations

import random

import pytest

from modules_app.applier import faults as applier
from modules_app.operator import faults
from modules_app.packages.faults import declared_fault_points
from tests.torture import instants, points
from tests.torture.harness import Harness
from tests.torture.operations import OPERATIONS, RECOVERY, SURFACES, WAY_BACK, WISHES

NAMES = sorted(OPERATIONS)


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_reaches_every_point_that_it_owns(home: Harness, name: str) -> None:
    own = set(points.reached(home, name)) - {*RECOVERY, *SURFACES}
    assert own == set(OPERATIONS[name].owns)


def test_no_point_is_dead() -> None:
    assert faults.__doc__ and applier.__doc__, "imported for their declarations"
    owned = {point for operation in OPERATIONS.values() for point in operation.owns}
    assert set(declared_fault_points()) == owned | {*RECOVERY, *WAY_BACK, *SURFACES, *WISHES}


@pytest.mark.parametrize("name", NAMES)
def test_f01_a_kill_at_each_point_leads_to_old_or_new(home: Harness, name: str) -> None:
    *others, last = OPERATIONS[name].owns
    for point in others:
        points.kill_and_check(home, f"{name}@{point}", again=False)
    points.kill_and_check(home, f"{name}@{last}")


@pytest.mark.parametrize("name", ["upgrade"])
def test_f30_five_kills_inside_the_recovery_change_nothing(home: Harness, name: str) -> None:
    last = f"{name}@{OPERATIONS[name].owns[-1]}"
    for spec in points.pairs_of(home, last):
        points.kill_and_check(home, spec)


@pytest.mark.parametrize("name", ["install", "upgrade", "disable", "rollback"])
def test_f02_a_kill_at_any_moment_leads_to_old_or_new(home: Harness, name: str) -> None:
    how = instants.TURNS[NAMES.index(name) % len(instants.TURNS)]
    spec = instants.draw(home, name, random.Random(name), how)
    instants.kill_and_check(home, spec)


@pytest.mark.parametrize("name", ["upgrade", "enable", "rollback", "repair"])
def test_a_kill_while_it_is_led_back_leads_back_all_the_same(home: Harness, name: str) -> None:
    """The operator ends twice while it checks the start, so the third one leads back."""
    site = home.fresh(name)
    asked = points.break_off(home, site, name, "operation.started")
    for point in ("operation.started", *WAY_BACK):
        ended = home.operate(site, PBX_FAULT=f"{point}:kill9")
        assert ended.status == points.KILLED, f"{point}: {ended.output}"
    home.recover_and_check(site, name, home.expectation(name, asked))
