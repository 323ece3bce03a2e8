"""Finding the one module at fault by halves: at most a handful of tries for a hundred modules.

Pure: whoever asks starts the host with `Search.trying`, learns whether the fault is there, and
calls `answer`. Reference U2.1 (find the culprit by halves) and U4.2 S9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Search:
    """Where a search stands.

    ``candidates`` may be at fault, ``trying`` are the modules that run now, ``round`` counts from
    1. At the end ``culprit`` names the module, or ``ended`` is true without one: no single module
    shows the fault.
    """

    candidates: tuple[str, ...]
    trying: tuple[str, ...]
    round: int = 1
    culprit: str = ""
    ended: bool = False

    @property
    def rounds_left(self) -> int:
        """Return how many more answers are needed at most, this one included."""
        return 0 if self.ended else max(1, (len(self.candidates) - 1).bit_length() + 1)


def begin(module_ids: Sequence[str]) -> Search:
    """Start a search among ``module_ids``; raises `ValueError` when there are none."""
    if not module_ids:
        raise ValueError("there is no module to search among")
    return _next(Search(tuple(module_ids), ()), 0)


def answer(search: Search, *, fault: bool) -> Search:
    """Return where the search stands when the fault is, or is not, there with `Search.trying`."""
    if search.ended:
        return search
    alone = len(search.trying) == 1 and search.candidates == search.trying
    if alone or (fault and len(search.trying) == 1):
        culprit = search.trying[0] if fault else ""
        return replace(search, candidates=search.trying, trying=(), culprit=culprit, ended=True)
    tried = set(search.trying)
    left = tuple(one for one in search.candidates if (one in tried) == fault)
    return _next(replace(search, candidates=left), search.round)


def without(search: Search, present: Sequence[str]) -> Search:
    """Return the search among those of its modules that are still there; may end without one."""
    left = tuple(one for one in search.candidates if one in present)
    if left == search.candidates or search.ended:
        return search
    if not left:
        return replace(search, candidates=(), trying=(), ended=True)
    return _next(replace(search, candidates=left), search.round - 1)


def _next(search: Search, rounds: int) -> Search:
    half = (len(search.candidates) + 1) // 2
    return replace(search, trying=search.candidates[:half], round=rounds + 1)
