"""The rules of a plan, said once more and tried on every combination of states there is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.states import Verb
from modules_app.domain.versions import compare

End = tuple[Candidate | None, bool]
Ending = dict[str, End]
Rule = tuple[object, Callable[[Ending], bool]]


@dataclass(frozen=True)
class Puzzle:
    """A question: a world, goals of which each is about another module, and what must stay."""

    world: World
    goals: tuple[Goal, ...]
    left: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[str]:
        return sorted({*self.world.installed, *(one.key for one in self.world.available)})

    def now(self, key: str) -> End:
        here = self.world.installed.get(key)
        return here, bool(here and here.works)

    def goal(self, key: str) -> Goal | None:
        return next((goal for goal in self.goals if goal.id == key), None)

    def endings(self) -> Iterator[Ending]:
        """Return every combination of what may become of each module."""
        keys = self.keys
        for ends in itertools.product(*(list(self._ends(key)) for key in keys)):
            yield dict(zip(keys, ends, strict=True))

    def _ends(self, key: str) -> Iterator[End]:
        here, goal = self.world.installed.get(key), self.goal(key)
        if here is None or (goal and goal.verb is Verb.REMOVE):
            yield None, False
        if here is not None:
            yield here, False
            yield here, True
        for one in self.world.available:
            if one.key == key and (
                here is None or compare(one.version, here.version, one.contract) > 0
            ):
                yield one, True
                if not (here and here.works):
                    yield one, False

    def rules(self) -> list[Rule]:
        """Return what must hold in the end, each rule with what it comes from."""
        found: list[Rule] = [(goal, _fulfils(goal)) for goal in self.goals]
        for key in self.keys:
            off = (goal := self.goal(key)) and goal.verb in (Verb.DISABLE, Verb.REMOVE)
            if self.now(key)[1] and not off:
                found.append((("kept", key), lambda end, key=key: end[key][1]))
            if key in self.left:
                now = self.now(key)
                found.append((("left", key), lambda end, key=key, now=now: end[key] == now))
        for one in [*self.world.installed.values(), *self.world.available]:
            found += self._rules_of(one)
        return found

    def _rules_of(self, one: Candidate) -> Iterator[Rule]:
        for requirement in one.requirements:
            if requirement.kind is Kind.MODULE and requirement.strict:
                origin = (id(one), id(requirement))

                def needs(end: Ending, need=requirement) -> bool:
                    mine, on = end[one.key]
                    if mine is not one or not (on or (one.runs_code and not one.is_installed)):
                        return True
                    other, other_on = end.get(need.name, (None, False))
                    fits = other is not None and need.accepts(other.version, one.contract)
                    return fits and (other_on or not on)

                yield origin, self._unless_so_now(one, needs)
        for conflict in one.conflicts:

            def apart(end: Ending, conflict=conflict) -> bool:
                other, other_on = end.get(conflict.named, (None, False))
                both = end[one.key] == (one, True) and other is not None and other_on
                return not (both and conflict.concerns(other.version))

            yield (id(one), id(conflict)), self._unless_so_now(one, apart)

    def _unless_so_now(
        self, one: Candidate, rule: Callable[[Ending], bool]
    ) -> Callable[[Ending], bool]:
        """What is broken today, and does not change, is nobody's fault."""
        today = {key: self.now(key) for key in self.keys}
        if rule(today):
            return rule
        return lambda end: end[one.key] == today[one.key] or rule(end)


def _fulfils(goal: Goal) -> Callable[[Ending], bool]:
    def check(end: Ending) -> bool:
        candidate, on = end.get(goal.id, (None, False))
        match goal.verb:
            case Verb.REMOVE:
                return candidate is None
            case Verb.DISABLE:
                return candidate is not None and candidate.is_installed and not on
            case Verb.ENABLE:
                return on
        new = candidate is not None and not candidate.is_installed
        return new and (on or not goal.enable)

    return check


def solutions(puzzle: Puzzle, without: Collection[object] = ()) -> Iterator[Ending]:
    """Return every ending that keeps all rules but those that come from ``without``."""
    rules = [rule for origin, rule in puzzle.rules() if origin not in without]
    return (end for end in puzzle.endings() if all(rule(end) for rule in rules))


def has_solution(puzzle: Puzzle, origins: Sequence[object]) -> bool:
    """Tell whether the rules with these origins can be kept, all others forgotten."""
    rules = [rule for origin, rule in puzzle.rules() if origin in origins]
    return any(all(rule(end) for rule in rules) for end in puzzle.endings())
