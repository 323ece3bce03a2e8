"""One plan for any verb over any set of modules (reference F2.5, U2.3 rule 4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.demands import Demand, Left, Needed
from modules_app.domain.dependencies.dependents import (
    Dependents,
    dependents_told,
    find_dependents,
)
from modules_app.domain.dependencies.explain import explain
from modules_app.domain.dependencies.plan import Goal, Plan, Step
from modules_app.domain.dependencies.remarks import remarks
from modules_app.domain.dependencies.search import Picks, TooHard, search, settle
from modules_app.domain.dependencies.steps import ASKED, steps_to
from modules_app.domain.dependencies.wishes import may_be_disabled, sort_wishes
from modules_app.domain.dependencies.world import World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.exceptions import gettext_noop as _

MOST_SOFT = 50
"""Wishes of packages that are tried one by one when they cannot all be met at once."""

_TOO_HARD = _("There are too many versions to choose from; no plan was found in time.")
_TOO_HARD_HINT = _("Ask for fewer modules at once.")


def resolve(
    world: World,
    goals: Sequence[Goal],
    *,
    cascade: bool = False,
    without: Collection[str] = (),
) -> Plan:
    """Return the ordered steps that fulfil ``goals`` in ``world``, or what stands against them.

    ``cascade`` also disables the enabled modules that need what is disabled or removed; else they
    are a problem. Modules named in ``without`` stay as they are. Never downgrades by itself.
    """
    left = {fold_id(name) for name in without}
    wishes = sort_wishes(world, [goal for goal in goals if fold_id(goal.id) not in left])
    dependents = find_dependents(world, wishes.goals)
    problems, warnings = dependents_told(world, wishes.goals, dependents, cascade=cascade)
    problems = (*wishes.problems, *problems, *_not_to_be_disabled(world, dependents, cascade))
    warnings = (*wishes.notes, *warnings)
    # Without a cascade the list of dependents is the problem; a clash would only repeat it.
    choices = Choices(world, (*wishes.goals, *dependents.goals), left)
    try:
        picks, unsolved = _choose(choices)
    except TooHard:
        hard = Finding(Severity.ERROR, "too-hard", _TOO_HARD, hint=_TOO_HARD_HINT)
        return Plan((), warnings, (*problems, hard), dependents.all)
    if picks is None:
        return Plan((), warnings, (*problems, *unsolved), dependents.all)
    steps, cycles = steps_to(choices, picks, choices.goals, dependents.all)
    if not cascade:
        skipped = {one.id for one in dependents.all}
        steps = tuple(step for step in steps if step.id not in skipped)
    steps = (*steps, *(_alone(goal, world) for goal in wishes.alone))
    warnings = (*warnings, *cycles, *remarks(choices, picks))
    return Plan(steps, warnings, problems, dependents.all)


def _choose(choices: Choices) -> tuple[Picks | None, tuple[Finding, ...]]:
    best = settle(choices, choices.roots, soft=True)
    if best is not None:
        return best, ()
    picks = search(choices, choices.roots)
    if picks is None:
        return None, explain(choices)
    return _with_soft(choices, picks), ()


def _with_soft(choices: Choices, picks: Picks) -> Picks:
    """Add what packages would like to have, one wish after the other, to a choice that is made."""
    roots: list[Demand] = [*choices.roots, *(Left(key, state) for key, state in picks.items())]
    wishes = [
        replace(demand, weak=False)
        for state in picks.values()
        for demand in choices.demands(state)
        if isinstance(demand, Needed) and demand.soft and demand.target not in picks
    ]
    for wish in wishes[:MOST_SOFT]:
        tried = settle(choices, [*roots, wish], soft=False)
        if tried is not None:
            picks = tried
            roots.append(wish)
    return picks


def _not_to_be_disabled(world: World, dependents: Dependents, cascade: bool) -> tuple[Finding, ...]:
    if not cascade:
        return ()
    installed = [world.installed[fold_id(one.id)] for one in dependents.all]
    return tuple(finding for one in installed for finding in may_be_disabled(one, world))


def _alone(goal: Goal, world: World) -> Step:
    installed = world.installed[fold_id(goal.id)]
    return Step(
        verb=goal.verb,
        id=installed.id,
        name=installed.name or installed.id,
        version=installed.version,
        from_version=installed.version,
        source=installed.source,
        reference=goal.reference,
        reason=ASKED,
        goal=True,
    )
