"""The states that modules can come to in a given world, and what each of them demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import cmp_to_key

from modules_app.domain.dependencies.demands import (
    Apart,
    Demand,
    Kept,
    Left,
    Needed,
    State,
    Unfulfilled,
    Wished,
)
from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.system import is_mere_file, unmet_of_system
from modules_app.domain.dependencies.world import UPLOAD, Candidate, World
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.domain.versions import compare


class Choices:
    """The states that each module can come to, best first, and what each of them demands.

    Demands whose origin is ``ignored`` do not count; that is how an explanation finds out which
    of them matter.
    """

    def __init__(
        self, world: World, goals: Sequence[Goal], leave: Collection[str] = frozenset()
    ) -> None:
        self.world = world
        self.goals = tuple(goals)
        self.ignored: Collection[Hashable] = frozenset()
        self._left = frozenset(fold_id(name) for name in leave)
        self._goals: dict[str, list[Goal]] = defaultdict(list)
        self._available: dict[str, list[Candidate]] = defaultdict(list)
        self._states: dict[str, tuple[State, ...]] = {}
        self._standing: dict[str, tuple[Demand, ...]] = {}
        self._demands: dict[State, tuple[Demand, ...]] = {}
        self._interested = _interested(world.installed)
        for candidate in world.available:
            self._available[candidate.key].append(candidate)
        for goal in goals:
            self._goals[fold_id(goal.id)].append(goal)
        self.roots = tuple(Wished(fold_id(goal.id), goal) for goal in goals)

    def candidates(self, key: str) -> list[Candidate]:
        """Return every version of a module that exists here, the installed one first."""
        installed = self.world.installed.get(key)
        return [*([installed] if installed else []), *self._available.get(key, ())]

    def present(self, key: str) -> State:
        """Return the state in which the module is now."""
        return self.states(key)[0]

    def states(self, key: str) -> tuple[State, ...]:
        """Return what the module may come to: first what it is, then the newest version."""
        if key not in self._states:
            self._states[key] = tuple(self._possible(key))
        return self._states[key]

    def standing(self, key: str) -> Iterable[Demand]:
        """Return what is demanded of a module as soon as it comes into play."""
        if key not in self._standing:
            self._standing[key] = tuple(self._always(key))
        return self._counted(self._standing[key])

    def demands(self, state: State) -> Iterable[Demand]:
        """Return what ``state`` demands of others, and of itself when it cannot be at all."""
        if state not in self._demands:
            self._demands[state] = tuple(self._made_by(state))
        return self._counted(self._demands[state])

    def is_possible(self, state: State) -> bool:
        """Tell whether nothing that always holds for the module speaks against ``state``."""
        return all(demand.allows(state) for demand in self.standing(state.key)) and all(
            demand.allows(state)
            for demand in self.demands(state)
            if demand.target == state.key and not demand.soft
        )

    def _counted(self, demands: tuple[Demand, ...]) -> Iterable[Demand]:
        if not self.ignored:
            return demands
        return tuple(demand for demand in demands if demand.origin not in self.ignored)

    def _always(self, key: str) -> Iterable[Demand]:
        present, verbs = self.present(key), {goal.verb for goal in self._goals.get(key, ())}
        if present.on and present.candidate and not verbs & {Verb.DISABLE, Verb.REMOVE}:
            yield Kept(key, present.candidate)
        if key in self._left:
            yield Left(key, present)

    def _possible(self, key: str) -> Iterable[State]:
        installed = self.world.installed.get(key)
        if installed is None:
            yield State(key, None)
        else:
            yield State(key, installed, installed.works)
            if installed.works or installed.can_be_enabled:
                yield State(key, installed, not installed.works)
        goals = self._goals.get(key, ())
        if installed and any(goal.verb is Verb.REMOVE for goal in goals):
            yield State(key, None)
        references = {goal.reference for goal in goals if goal.reference}
        for candidate in _newest_first(self._available.get(key, ())):
            asked = candidate.reference in references
            if installed and not asked and not _is_update(installed, candidate):
                continue
            if not (installed and installed.enabled):
                yield State(key, candidate, False)
            yield State(key, candidate, True)

    def _made_by(self, state: State) -> Iterable[Demand]:
        present, candidate = self.present(state.key), state.candidate
        if state is not present and (state.on or candidate is not present.candidate):
            # What is enabled and names this module must still fit to it.
            yield from map(Demand, self._interested.get(state.key, ()))
        if candidate is None:
            return
        made = (*self._needs(state, candidate), *self._conflicts(state, candidate))
        if state is not present:
            yield from made
        elif state.on:
            # What does not hold today is not for this plan to mend.
            yield from (
                one for one in made if not one.soft and one.allows(self.present(one.target))
            )

    def _needs(self, state: State, candidate: Candidate) -> Iterable[Demand]:
        if candidate.is_installed and not state.on:
            return
        refuses = state.on or candidate.runs_code
        if refuses:
            for requirement in unmet_of_system(candidate, self.world):
                if requirement.strict and not is_mere_file(requirement, candidate):
                    yield Unfulfilled(state.key, candidate, requirement)
        for requirement in candidate.requirements:
            if requirement.kind is not Kind.MODULE:
                continue
            target, weak = fold_id(requirement.name), not (refuses and requirement.strict)
            provided = self.world.provided.get(target)
            if provided and requirement.accepts(provided.version, candidate.contract):
                continue
            if not provided or self.candidates(target):
                yield Needed(target, candidate, requirement, state.on, weak)
            elif not weak:
                yield Unfulfilled(state.key, candidate, requirement)

    def _conflicts(self, state: State, candidate: Candidate) -> Iterable[Demand]:
        for conflict in candidate.conflicts if state.on else ():
            target = fold_id(conflict.named)
            if conflict.strict and self.candidates(target):
                yield Apart(target, candidate, conflict)


def _interested(installed: Mapping[str, Candidate]) -> dict[str, list[str]]:
    """Return, by folded id, the working modules that name it in a requirement or a conflict."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(installed):
        candidate = installed[key]
        if not candidate.works:
            continue
        named = {fold_id(conflict.named) for conflict in candidate.conflicts}
        named |= {fold_id(one.name) for one in candidate.requirements if one.kind is Kind.MODULE}
        for name in sorted(named):
            found[name].append(key)
    return found


def _newest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort by version, newest first; of equal ones what was uploaded, then by reference."""
    ordered = sorted(candidates, key=lambda one: (one.source != UPLOAD, one.reference))
    newest = cmp_to_key(lambda a, b: compare(b.version, a.version, a.contract))
    return sorted(ordered, key=newest)


def _is_update(installed: Candidate, candidate: Candidate) -> bool:
    """Tell whether the resolver may choose it by itself: never a downgrade (U2.3 rule 10)."""
    same = installed.contract is candidate.contract
    return same and compare(candidate.version, installed.version, installed.contract) > 0
