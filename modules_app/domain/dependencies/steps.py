"""The steps from what is to what was chosen, each with its reason, in the order to run them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.demands import Apart, Demand, Needed, State
from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.ordering import Cycle, in_order
from modules_app.domain.dependencies.plan import CIRCLE, Dependent, Goal, Step
from modules_app.domain.dependencies.search import Picks
from modules_app.domain.dependencies.world import Candidate
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _

ASKED = _("You asked for it.")
_NEEDED = _("“{by}” {by_version} needs {reading}.")
_USEFUL = _("“{by}” {by_version} names it: {reading}.")
_APART = _("“{by}” {by_version} does not go with version {from_version}.")
_OUTGROWN = _("Version {from_version} does not go with “{other}” {other_version}.")
_NEEDS_GONE = _("It needs {needs}, which does not stay enabled.")
_CYCLE = _("These modules need each other: {path}. They are enabled together, all or none.")

_OFF = (Verb.DISABLE, Verb.REMOVE)


def steps_to(
    choices: Choices, picks: Picks, goals: Sequence[Goal], dependents: Sequence[Dependent]
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """Return the steps in order, and a warning for each circle of requirements among them."""
    verbs = {
        key: verb
        for key, state in picks.items()
        if (verb := _verb(state, choices.present(key), choices.world.installed.get(key), goals))
    }
    asked = {fold_id(goal.id): number for number, goal in enumerate(goals)}
    first = sorted(verbs, key=lambda key: (verbs[key] not in _OFF, asked.get(key, len(asked)), key))
    needs = _needs(choices, picks, verbs)
    ordered, cycles = in_order(first, needs, _rather(choices, picks, verbs))
    reasons = _Reasons(choices, picks, goals, dependents)
    steps = tuple(_step(choices, picks[key], verbs[key], reasons) for key in ordered)
    return steps, tuple(_told(cycle, choices) for cycle in cycles)


def _verb(
    state: State, present: State, installed: Candidate | None, goals: Sequence[Goal]
) -> Verb | None:
    if state.candidate is None:
        return Verb.REMOVE if installed else None
    if installed is None:
        return Verb.INSTALL
    if state.candidate is not installed:
        return Verb.UPGRADE
    if state.on and not present.on:
        return Verb.ENABLE
    off = any(fold_id(goal.id) == state.key and goal.verb is Verb.DISABLE for goal in goals)
    return Verb.DISABLE if off and installed.enabled else None


def _needs(choices: Choices, picks: Picks, verbs: Mapping[str, Verb]) -> dict[str, list[str]]:
    """Return which steps each step needs done before it."""
    return {
        key: [
            demand.target
            for demand in choices.demands(picks[key])
            if demand.target in verbs and isinstance(demand, Needed | Apart)
        ]
        for key in verbs
    }


def _rather(choices: Choices, picks: Picks, verbs: Mapping[str, Verb]) -> dict[str, list[str]]:
    """Return which steps should wait until those that do not bear them have changed."""
    rather: dict[str, list[str]] = defaultdict(list)
    for key in verbs:
        for target in _outgrown(choices, picks, verbs, key):
            rather[target].append(key)
    return rather


def _outgrown(choices: Choices, picks: Picks, verbs: Mapping[str, Verb], key: str) -> list[str]:
    """Return the steps that what is enabled now under ``key`` would not bear."""
    installed = choices.world.installed.get(key)
    if installed is None or not installed.enabled:
        return []
    named = [
        fold_id(one.name)
        for one in installed.requirements
        if one.kind is Kind.MODULE and verbs.get(fold_id(one.name)) in _OFF
    ]
    refused = [
        demand.target
        for demand in choices.demands(choices.present(key))
        if demand.target in verbs and not demand.allows(picks[demand.target])
    ]
    return [target for target in dict.fromkeys((*named, *refused)) if target != key]


def _told(cycle: Cycle, choices: Choices) -> Finding:
    names = [_name(choices.candidates(key)[0]) for key in cycle]
    ids = [choices.candidates(key)[0].id for key in cycle[:-1]]
    context = {"path": " → ".join(names), "ids": ids}
    return Finding(Severity.WARNING, CIRCLE, _CYCLE, context)


def _step(choices: Choices, state: State, verb: Verb, reasons: _Reasons) -> Step:
    installed = choices.world.installed.get(state.key)
    target = state.candidate or installed
    if target is None:
        raise ValueError(f"nothing is known of {state.key}")
    reason, context, optional, goal = reasons.of(state)
    switched_on = verb in (Verb.INSTALL, Verb.UPGRADE) and state.on
    return Step(
        verb=verb,
        id=installed.id if installed else target.id,
        name=_name(target),
        version=target.version,
        from_version=installed.version if installed and verb is Verb.UPGRADE else "",
        source=target.source,
        reference=target.reference,
        reason=reason,
        context=context,
        optional=optional,
        goal=goal,
        enable=switched_on and not (installed and installed.enabled),
    )


class _Reasons:
    """Finds out why a module changes."""

    def __init__(
        self,
        choices: Choices,
        picks: Picks,
        goals: Sequence[Goal],
        dependents: Sequence[Dependent],
    ) -> None:
        self._choices = choices
        self._picks = picks
        self._dependents = {fold_id(one.id): one for one in dependents}
        self._asked = {fold_id(goal.id) for goal in goals} - set(self._dependents)
        self._made: dict[str, list[Demand]] = defaultdict(list)
        for state in picks.values():
            for demand in choices.demands(state):
                self._made[demand.target].append(demand)

    def of(self, state: State) -> tuple[str, dict[str, Any], bool, bool]:
        """Return the sentence, its context, whether it is optional, whether it is a goal."""
        if state.key in self._asked:
            return ASKED, {}, False, True
        if state.key in self._dependents:
            needs = ", ".join(self._dependents[state.key].needs_names)
            return _NEEDS_GONE, {"needs": needs}, False, False
        present = self._choices.present(state.key)
        unmet = [one for one in self._made[state.key] if not one.allows(present)]
        hard = [one for one in unmet if not one.soft]
        for demand in (*hard, *unmet):
            if isinstance(demand, Needed):
                context = {"reading": str(demand.requirement), **_by(demand.by)}
                return (_NEEDED if hard else _USEFUL), context, not hard, False
            if isinstance(demand, Apart):
                context = {"from_version": _version(present), **_by(demand.by)}
                return _APART, context, False, False
        return self._outgrown(present)

    def _outgrown(self, present: State) -> tuple[str, dict[str, Any], bool, bool]:
        for demand in self._choices.demands(present):
            other = self._picks.get(demand.target)
            if other and other.candidate and not demand.allows(other):
                context = {
                    "from_version": _version(present),
                    "other": _name(other.candidate),
                    "other_version": other.candidate.version,
                }
                return _OUTGROWN, context, False, False
        return ASKED, {}, False, False


def _by(candidate: Candidate) -> dict[str, Any]:
    return {"by": _name(candidate), "by_id": candidate.id, "by_version": candidate.version}


def _name(candidate: Candidate) -> str:
    return candidate.name or candidate.id


def _version(state: State) -> str:
    return state.candidate.version if state.candidate else ""
