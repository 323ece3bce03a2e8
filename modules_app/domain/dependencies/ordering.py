"""In which order the steps of a plan run: what is needed comes before what needs it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

Cycle = tuple[str, ...]


def in_order(
    keys: Sequence[str], before: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[Cycle]]:
    """Return ``keys`` so that everything in ``before[key]`` precedes ``key``, and the cycles.

    Among those that may come next the one that stands first in ``keys`` does, so equal input gives
    equal output. In a cycle the last of them goes first; each cycle is returned as a path of keys
    that need each other in turn, where the last one is the first one again.
    """
    place = {key: number for number, key in enumerate(keys)}
    waits = {
        key: {one for one in before.get(key, ()) if one in place and one != key} for key in keys
    }
    after: dict[str, list[str]] = {key: [] for key in keys}
    for key in keys:
        for one in waits[key]:
            after[one].append(key)
    free = [place[key] for key in keys if not waits[key]]
    heapq.heapify(free)
    ordered: list[str] = []
    cycles: list[Cycle] = []
    left = dict.fromkeys(keys)
    while left:
        if not free:
            cycle = _cycle_from(next(iter(left)), waits, place)
            cycles.append(cycle)
            first = max(cycle, key=place.__getitem__)
            waits[first].clear()
            free.append(place[first])
        key = keys[heapq.heappop(free)]
        ordered.append(key)
        del left[key]
        for one in after[key]:
            if key in waits[one]:
                waits[one].discard(key)
                if not waits[one]:
                    heapq.heappush(free, place[one])
    return ordered, cycles


def _cycle_from(start: str, waits: Mapping[str, set[str]], place: Mapping[str, int]) -> Cycle:
    """Follow what ``start`` waits for until it comes round; the path begins at its first key."""
    path: dict[str, None] = {}
    key = start
    while key not in path:
        path[key] = None
        key = min(waits[key], key=place.__getitem__)
    round_trip = list(path)[list(path).index(key) :]
    turn = round_trip.index(min(round_trip, key=place.__getitem__))
    round_trip = round_trip[turn:] + round_trip[:turn]
    return (*round_trip, round_trip[0])
