"""Kill -9 at every fault point of every operation, and again inside the recovery (F01, F30).

A spec is ``operation@point`` or ``operation@point@point in the recovery``.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

from tests.torture.counts import Counts
from tests.torture.harness import Harness, harness
from tests.torture.operations import OPERATIONS
from tests.torture.sites import Site
from tests.torture.warm import Ended

KILLED = -9
AN_HOUR_AND_MORE = 2 * 3600
IN_A_ROW = 5


def run(budget_seconds: float, seed: int) -> Counts:
    """Kill at every point once, then at pairs of points in random order while there is time."""
    counts = Counts()
    deadline = time.monotonic() + budget_seconds
    with harness() as home:
        singles = [spec for name in OPERATIONS for spec in specs_of(home, name)]
        for spec in singles:
            _try(home, spec, counts)
        pairs = [pair for spec in singles for pair in pairs_of(home, spec)]
        random.Random(seed).shuffle(pairs)
        for pair in pairs:
            if time.monotonic() > deadline:
                break
            _try(home, pair, counts)
    return counts


def replay(spec: str) -> Counts:
    """Run one case."""
    counts = Counts()
    with harness() as home:
        _try(home, spec, counts)
    return counts


def specs_of(home: Harness, name: str) -> list[str]:
    """Return a spec for each point that operation ``name`` reaches."""
    return [f"{name}@{point}" for point in dict.fromkeys(reached(home, name))]


def pairs_of(home: Harness, spec: str) -> Iterator[str]:
    """Yield a spec for each point that the recovery after ``spec`` reaches."""
    name, point = spec.split("@")
    site = home.fresh(name)
    break_off(home, site, name, point)
    for second in dict.fromkeys(_trace(home, site)):
        yield f"{spec}@{second}"


def reached(home: Harness, name: str) -> list[str]:
    """Return the points that operation ``name`` reaches without a fault, in order."""
    site = home.fresh(name)
    log = home.folder / "points.log"
    log.unlink(missing_ok=True)
    home.ask(site, name, PBX_FAULT_LOG=str(log))
    home.operate(site, PBX_FAULT_LOG=str(log))
    return log.read_text().split()


def _trace(home: Harness, site: Site) -> list[str]:
    log = home.folder / "points.log"
    log.unlink(missing_ok=True)
    home.operate(site, PBX_FAULT_LOG=str(log))
    return log.read_text().split() if log.exists() else []


def break_off(home: Harness, site: Site, name: str, point: str) -> Ended:
    """Ask and operate with a kill at ``point``, and return how asking ended."""
    fault = f"{point}:kill9"
    asked = home.ask(site, name, PBX_FAULT=fault)
    if asked.status == KILLED:
        _grow_old(site)
        return asked
    ended = home.operate(site, PBX_FAULT=fault)
    assert ended.status == KILLED, f"{name} was not killed at {point}: {ended.output}"
    return asked


def kill_and_check(home: Harness, spec: str, *, again: bool = True) -> int:
    """Run one spec to the end and return the kills. Raises `InvariantBroken`."""
    name, point, *more = spec.split("@")
    site = home.fresh(name)
    asked = break_off(home, site, name, point)
    kills = 1
    for second in more:
        for _time in range(IN_A_ROW):
            ended = home.operate(site, PBX_FAULT=f"{second}:kill9")
            kills += ended.status == KILLED
    home.recover_and_check(site, name, home.expectation(name, asked), again=again)
    return kills


def _grow_old(site: Site) -> None:
    """Let an hour pass for uploads: younger ones may still be under way and are left alone."""
    then = time.time() - AN_HOUR_AND_MORE
    for path in (site.root / "uploads").iterdir():
        os.utime(path, (then, then))


def _try(home: Harness, spec: str, counts: Counts) -> None:
    counts.histories += 1
    name, _, _ = spec.partition("@")
    try:
        counts.kills[f"{name} / at a fault point"] += kill_and_check(home, spec)
    except AssertionError as problem:
        counts.fail(f"points:{spec}", problem)
