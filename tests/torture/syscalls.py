"""Kill at the n-th system call that changes something (F02), with strace.

A spec is ``operation@n``; the n-th such call of any one thread of the operator is its last.
"""

from __future__ import annotations

import random
import time

from tests.torture.counts import Counts
from tests.torture.harness import Harness, harness, replay_one
from tests.torture.operations import OPERATIONS
from tests.torture.tracing import CHANGING, WAIT, inject, why_not

FIRST_GUESS = 256


def run(budget_seconds: float, seed: int) -> Counts:
    """Kill at every n-th call of every operation, in random order, while there is time."""
    counts = Counts()
    if reason := why_not():
        counts.listed["F02 kill at the n-th system call"] = reason
        return counts
    deadline = time.monotonic() + budget_seconds
    dice = random.Random(seed)
    last = dict.fromkeys(OPERATIONS, FIRST_GUESS)
    met = dict.fromkeys(OPERATIONS, 0)
    with harness() as home:
        while time.monotonic() < deadline:
            for name in OPERATIONS:
                number = dice.randint(1, last[name])
                if _try(home, f"{name}@{number}", counts):
                    met[name] = max(met[name], number)
                else:
                    last[name] = max(number - 1, met[name], 1)
    return counts


def replay(spec: str) -> Counts:
    """Run one case."""
    return replay_one(spec, _try)


def kill_and_check(home: Harness, spec: str) -> bool:
    """Run one spec; tell whether there were so many calls. Raises `InvariantBroken`."""
    name, number = spec.split("@")
    site = home.fresh(name)
    asked = home.ask(site, name)
    meddle = inject(f"{CHANGING}:signal=KILL:when={number}")
    ended = home.operate(site, meddle, **{WAIT: "1"})
    home.recover_and_check(site, name, home.expectation(name, asked))
    return ended.status != 0


def _try(home: Harness, spec: str, counts: Counts) -> bool:
    counts.histories += 1
    name, _, _ = spec.partition("@")
    try:
        met = kill_and_check(home, spec)
    except AssertionError as problem:
        counts.fail(f"syscalls:{spec}", problem)
        met = True
    counts.kills[f"{name} / at a system call"] += met
    return met
