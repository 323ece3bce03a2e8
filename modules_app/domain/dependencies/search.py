"""Looks for one state of each module such that every demand is met.

The first choice nearly always fits, so it is tried first and costs one look at each demand. Where
it does not, resolvelib searches; it goes back over earlier choices.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from resolvelib import AbstractProvider, BaseReporter
from resolvelib.resolvers import ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers.resolution import Resolution

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.demands import Demand, State

Picks = dict[str, State]

MAX_ROUNDS = 20_000
"""Choices that the search may make; a question that needs more has no answer here."""

_MOST_CHANGES = 12


def settle(choices: Choices, roots: Iterable[Demand], *, soft: bool) -> Picks | None:
    """Return the first choice if it fits, else None, which says nothing about other choices.

    With ``soft`` the soft demands have a say in which states are best.
    """
    return _Settling(choices, roots, soft).run()


class _Settling:
    """Gives each module the best state that its demands allow, until nobody demands more.

    A state that demands what no state of another module can give is ``dead``: it is left for the
    next best. ``hopeless`` tells that even a root asks for such a thing, so that no choice helps.
    """

    def __init__(self, choices: Choices, roots: Iterable[Demand], soft: bool) -> None:
        self._choices = choices
        self._soft = soft
        self._picks: Picks = {}
        self._changes: dict[str, int] = defaultdict(int)
        self._made: dict[str, dict[Demand, State | None]] = defaultdict(dict)
        self._waiting: deque[str] = deque()
        self._new: dict[str, list[Demand] | None] = {}
        self.dead: set[State] = set()
        self.hopeless = False
        for demand in roots:
            self._add(demand, None)

    def run(self) -> Picks | None:
        while self._waiting:
            key = self._waiting.popleft()
            if self._still_fits(key):
                continue
            best = self._best(key) if self._made[key] else None
            if best is None:
                if self._made[key] and not self._blame(key):
                    return None
                self._move(key, None)
            elif best is not self._picks.get(key):
                self._changes[key] += 1
                if self._changes[key] > _MOST_CHANGES:
                    return None
                self._move(key, best)
        return self._picks

    def _still_fits(self, key: str) -> bool:
        """Tell whether the pick bears what was demanded since; demands taken back ask for more."""
        pick, new = self._picks.get(key), self._new.pop(key, [])
        if pick is None or new is None or pick in self.dead:
            return False
        return all(demand.allows(pick) for demand in new)

    def _possible(self, key: str) -> Iterator[State]:
        for state in self._choices.states(key):
            if state not in self.dead and self._choices.is_possible(state):
                yield state

    def _best(self, key: str) -> State | None:
        demands = self._made[key]
        hard = [demand for demand in demands if not demand.soft]
        wishes = [demand for demand in demands if demand.soft]
        best, fewest = None, len(wishes) + 1
        for state in self._possible(key):
            if all(one.allows(state) for one in hard):
                unmet = sum(not one.allows(state) for one in wishes)
                if unmet < fewest:
                    best, fewest = state, unmet
                if not unmet:
                    break
        return best

    def _blame(self, key: str) -> bool:
        """Find out who demands of ``key`` what nothing can give; False where nobody does."""
        possible = list(self._possible(key))
        blamed = [
            maker
            for demand, maker in self._made[key].items()
            if not demand.soft and not any(demand.allows(state) for state in possible)
        ]
        self.hopeless = None in blamed
        makers = {state for state in blamed if state is not None}
        self.dead |= makers
        self._waiting.extend(sorted(state.key for state in makers))
        return bool(makers) and not self.hopeless

    def _move(self, key: str, state: State | None) -> None:
        old = self._picks.pop(key, None)
        if old is not None:
            for demand in self._choices.demands(old):
                if demand in self._made[demand.target]:
                    del self._made[demand.target][demand]
                    self._new[demand.target] = None
                    self._waiting.append(demand.target)
        if state is not None:
            self._picks[key] = state
            for demand in self._choices.demands(state):
                if demand.target != key and (self._soft or not demand.soft):
                    self._add(demand, state)

    def _add(self, demand: Demand, maker: State | None) -> None:
        self._made[demand.target][demand] = maker
        new = self._new.setdefault(demand.target, [])
        if new is not None:
            new.append(demand)
        self._waiting.append(demand.target)


def search(choices: Choices, roots: Iterable[Demand]) -> Picks | None:
    """Return states that meet every demand that is not soft, None when there are none.

    Raises `TooHard` when it takes too many steps to tell.
    """
    roots = list(roots)
    first = _Settling(choices, roots, soft=False)
    picks = first.run()
    if picks is not None or first.hopeless:
        return picks
    provider = _Provider(choices, first.dead)
    try:
        found = Resolution(provider, BaseReporter()).resolve(roots, MAX_ROUNDS)
    except ResolutionImpossible:
        return None
    except ResolutionTooDeep as error:
        raise TooHard from error
    return _reached(choices, roots, found.mapping)


def _reached(choices: Choices, roots: Iterable[Demand], picks: Mapping[str, State]) -> Picks:
    """Leave out what an earlier choice asked for and the final ones do not."""
    found: Picks = {}
    waiting = deque(demand.target for demand in roots)
    while waiting:
        key = waiting.popleft()
        if key not in found:
            found[key] = picks[key]
            waiting += [one.target for one in choices.demands(picks[key]) if not one.soft]
    return found


class TooHard(Exception):
    """The search gave up."""


class _Provider(AbstractProvider[Demand, State, str]):
    def __init__(self, choices: Choices, dead: Collection[State]) -> None:
        self._choices = choices
        self._dead = dead
        self._known: dict[tuple[Demand, State], bool] = {}

    def identify(self, requirement_or_candidate: Demand | State) -> str:
        if isinstance(requirement_or_candidate, State):
            return requirement_or_candidate.key
        return requirement_or_candidate.target

    def get_preference(
        self,
        identifier: str,
        resolutions: object,
        candidates: object,
        *rest: object,
        **more: object,
    ) -> tuple[int, str]:
        return len(self._choices.states(identifier)), identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Demand]],
        incompatibilities: Mapping[str, Iterator[State]],
    ) -> Sequence[State]:
        demands = list(requirements[identifier])
        excluded = set(incompatibilities[identifier])
        return [
            state
            for state in self._choices.states(identifier)
            if state not in excluded
            and state not in self._dead
            and all(demand.allows(state) for demand in demands)
            and self._choices.is_possible(state)
        ]

    def is_satisfied_by(self, requirement: Demand, candidate: State) -> bool:
        question = requirement, candidate
        answer = self._known.get(question)
        if answer is None:
            answer = self._known[question] = requirement.allows(candidate)
        return answer

    def get_dependencies(self, candidate: State) -> list[Demand]:
        return [
            demand
            for demand in self._choices.demands(candidate)
            if not demand.soft and demand.target != candidate.key
        ]
