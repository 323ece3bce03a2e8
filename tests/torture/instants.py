"""Kill at random moments: SIGKILL, SIGTERM, and the whole process group in turn (F02, F05).

A spec is ``operation@seconds@how``; the moment of a replay is the same on a machine as fast.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

from tests.torture.counts import Counts
from tests.torture.harness import Harness, harness, replay_one
from tests.torture.operations import OPERATIONS
from tests.torture.warm import kill_group_later, kill_later

HOW: dict[str, Callable[[float], Callable[[int], None]]] = {
    "kill": kill_later,
    "terminate": lambda seconds: kill_later(seconds, signal.SIGTERM),
    "kill-group": kill_group_later,
}
TURNS = ("kill", "kill", "kill-group", "terminate")


def run(budget_seconds: float, seed: int) -> Counts:
    """Kill one operation after the other at random moments while there is time."""
    counts = Counts()
    dice = random.Random(seed)
    deadline = time.monotonic() + budget_seconds
    with harness() as home:
        turn = 0
        while time.monotonic() < deadline:
            for name in OPERATIONS:
                _try(home, draw(home, name, dice, TURNS[turn % len(TURNS)]), counts)
            turn += 1
    return counts


def replay(spec: str) -> Counts:
    """Run one case."""
    return replay_one(spec, _try)


def draw(home: Harness, name: str, dice: random.Random, how: str) -> str:
    """Return a spec with a moment out of 1.1 times what the operation takes."""
    _site, _expectation, seconds = home.prepared(name)
    return f"{name}@{dice.uniform(0, 1.1 * seconds):.4f}@{how}"


def kill_and_check(home: Harness, spec: str) -> bool:
    """Run one spec and tell whether the kill met the operation. Raises `InvariantBroken`."""
    name, moment, how = spec.split("@")
    site = home.fresh(name)
    asked = home.ask(site, name)
    ended = home.operate(site, meddle=HOW[how](float(moment)))
    if ended.status == 0 and how != "terminate":
        home.took(name, ended.seconds)
    home.recover_and_check(site, name, home.expectation(name, asked))
    return ended.status != 0 or how == "terminate"


def _try(home: Harness, spec: str, counts: Counts) -> None:
    counts.histories += 1
    name, _, how = spec.split("@")
    try:
        met = kill_and_check(home, spec)
    except AssertionError as problem:
        counts.fail(f"random:{spec}", problem)
        met = True
    counts.kills[f"{name} / random {how}"] += met
