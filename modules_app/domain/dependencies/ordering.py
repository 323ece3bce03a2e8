"""In which order the steps of a plan run: what is needed comes before what needs it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

Cycle = tuple[str, ...]
Edges = Mapping[str, Sequence[str]]


def in_order(
    keys: Sequence[str], before: Edges, rather: Edges | None = None
) -> tuple[list[str], list[Cycle]]:
    """Return ``keys`` so that everything in ``before[key]`` precedes ``key``, and the cycles.

    What ``rather`` names precedes too, unless that would make a cycle. Among those that may come
    next the one that stands first in ``keys`` does, so equal input gives equal output. In a cycle
    the last of them goes first; each cycle is returned as a path of keys that need each other in
    turn, where the last one is the first one again.
    """
    return _Ordering(keys, before, rather or {}).run()


class _Ordering:
    def __init__(self, keys: Sequence[str], before: Edges, rather: Edges) -> None:
        self._keys = keys
        self._place = {key: number for number, key in enumerate(keys)}
        self._needs = {key: self._known(before, key) for key in keys}
        self._likes = {key: self._known(rather, key) - self._needs[key] for key in keys}
        self._after: dict[str, list[str]] = {key: [] for key in keys}
        for key in keys:
            for one in self._needs[key] | self._likes[key]:
                self._after[one].append(key)

    def _known(self, edges: Edges, key: str) -> set[str]:
        return {one for one in edges.get(key, ()) if one in self._place and one != key}

    def run(self) -> tuple[list[str], list[Cycle]]:
        free = [number for key, number in self._place.items() if self._is_free(key)]
        heapq.heapify(free)
        ordered: list[str] = []
        cycles: list[Cycle] = []
        left = dict.fromkeys(self._keys)
        while left:
            if not free:
                free.append(self._place[self._loosen(next(iter(left)), cycles)])
                continue
            key = self._keys[heapq.heappop(free)]
            if key not in left:
                continue
            ordered.append(key)
            del left[key]
            for one in self._after[key]:
                self._needs[one].discard(key)
                self._likes[one].discard(key)
                if one in left and self._is_free(one):
                    heapq.heappush(free, self._place[one])
        return ordered, cycles

    def _is_free(self, key: str) -> bool:
        return not self._needs[key] and not self._likes[key]

    def _loosen(self, start: str, cycles: list[Cycle]) -> str:
        """Give up what only would be rather, else cut the cycle; return the key that may go."""
        cycle = self._cycle_from(start)
        for one, then in zip(cycle, cycle[1:], strict=False):
            if then in self._likes[one]:
                self._likes[one].clear()
                return self._loosen(start, cycles) if self._needs[one] else one
        cycles.append(cycle)
        first = max(cycle, key=self._place.__getitem__)
        self._needs[first].clear()
        self._likes[first].clear()
        return first

    def _cycle_from(self, start: str) -> Cycle:
        """Follow what ``start`` waits for until it comes round; begin the path at its first key."""
        path: dict[str, None] = {}
        key = start
        while key not in path:
            path[key] = None
            key = min(self._needs[key] or self._likes[key], key=self._place.__getitem__)
        found = list(path)[list(path).index(key) :]
        turn = found.index(min(found, key=self._place.__getitem__))
        return (*found[turn:], *found[:turn], found[turn])
