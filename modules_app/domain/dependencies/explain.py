"""Why there is no plan: a smallest set of demands that cannot all be met."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.demands import Apart, Demand, Kept, Wished
from modules_app.domain.dependencies.search import search
from modules_app.domain.dependencies.wording import finding_of
from modules_app.domain.findings import Finding, Severity
from modules_app.exceptions import gettext_noop as _

MOST_CLASHES = 10
"""Independent reasons that are told; who mends these sees the others."""

_LEAD = _("This cannot be done: {count} demands contradict each other.")
_LEAD_HINT = _("Give up one of them, or bring another version of one of the modules.")


def clashing_demands(choices: Choices) -> list[Demand]:
    """Return demands that cannot all be met, of which none can be left out.

    There must be no solution for ``choices``. Leaving demands out one after the other finds one
    such set, always the same for the same question; there may be others.
    """
    goals = _smallest(choices.roots, lambda kept: not _has_solution(choices, kept, ()))
    others = _in_reach(choices, goals)
    needed = _smallest(others, lambda kept: not _has_solution(choices, goals, _less(others, kept)))
    ignored = _less(others, needed)
    return [*_smallest(goals, lambda kept: not _has_solution(choices, kept, ignored)), *needed]


def explain(choices: Choices) -> tuple[Finding, ...]:
    """Return the sentences that tell every independent reason why there is no solution."""
    told: list[Finding] = []
    before = choices.ignored
    try:
        for _number in range(MOST_CLASHES):
            clash = clashing_demands(choices)
            told += _sentences(clash, choices)
            reasons = [demand.origin for demand in clash if not isinstance(demand, Wished)]
            choices.ignored = frozenset((*choices.ignored, *reasons))
            if not reasons or search(choices, choices.roots) is not None:
                break
    finally:
        choices.ignored = before
    return tuple(told)


def _less(demands: Sequence[Demand], kept: Sequence[Demand]) -> list[Hashable]:
    remaining = {demand.origin for demand in kept}
    return [demand.origin for demand in demands if demand.origin not in remaining]


def _sentences(clash: list[Demand], choices: Choices) -> list[Finding]:
    causes = [demand for demand in clash if not isinstance(demand, Wished)]
    conflicts = [demand for demand in causes if isinstance(demand, Apart)]
    if conflicts and all(isinstance(demand, Apart | Kept) for demand in causes):
        return [finding_of(demand, choices) for demand in conflicts]
    if len(causes) == 1:
        return [finding_of(causes[0], choices)]
    lead = Finding(Severity.ERROR, "no-solution", _LEAD, {"count": len(clash)}, hint=_LEAD_HINT)
    return [lead, *(finding_of(demand, choices) for demand in clash)]


def _has_solution(choices: Choices, roots: Iterable[Demand], ignored: Iterable[Hashable]) -> bool:
    before = choices.ignored
    choices.ignored = frozenset(before) | frozenset(ignored)
    try:
        return search(choices, roots) is not None
    finally:
        choices.ignored = before


def _in_reach(choices: Choices, roots: Iterable[Demand]) -> list[Demand]:
    """Return every hard demand that any choice could bring up, nearest first, one per origin."""
    found: dict[Hashable, Demand] = {}
    waiting = deque(demand.target for demand in roots)
    seen = set(waiting)
    while waiting:
        key = waiting.popleft()
        made = [one for state in choices.states(key) for one in choices.demands(state)]
        for demand in (*choices.standing(key), *made):
            if demand.soft:
                continue
            if type(demand) is not Demand:
                found.setdefault(demand.origin, demand)
            if demand.target not in seen:
                seen.add(demand.target)
                waiting.append(demand.target)
    return list(found.values())


def _smallest(demands: Sequence[Demand], clash: Callable[[Sequence[Demand]], bool]) -> list[Demand]:
    """Leave out what ``clash`` does not need, in big pieces first; the last sweep goes one by one.

    What is needed once stays needed when others are gone, so one sweep of each size is enough.
    """
    kept = list(demands)
    size = max(1, len(kept) // 2)
    while True:
        at = len(kept)
        while at > 0:
            start = max(0, at - size)
            rest = kept[:start] + kept[at:]
            if clash(rest):
                kept = rest
            at = start
        if size == 1:
            return kept
        size //= 2
