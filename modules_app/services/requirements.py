"""May one module be installed, enabled, disabled or removed as things stand now? (reference F2.5)

Asked when an operation is queued, and again inside it: rows may have changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.plan import CIRCLE, Goal, Plan
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.findings import Finding
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN
from modules_app.domain.states import Verb
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.selectors.world import read_world

INSTALLING = (Verb.INSTALL, Verb.UPGRADE)
SWITCHING_OFF = (Verb.DISABLE, Verb.REMOVE)
_IN_A_CIRCLE = _("They need each other. Enable all of them at once: module enable {all}")
ASKED = (*INSTALLING, Verb.ENABLE, *SWITCHING_OFF)


def refuse_unfit(goal: Goal, mates: Sequence[Goal] = ()) -> tuple[Finding, ...]:
    """Raise ``Refused`` if a module's needs, or what needs it, stand against ``goal``.

    ``mates`` are wishes that are carried out along with it. Nothing else is done for it: a
    requirement must be there, with ``enable`` it must be enabled, and nobody enabled may need what
    goes. Return the warnings.
    """
    if goal.verb in INSTALLING:  # enabling it afterwards is asked for by itself
        goal = replace(goal, enable=False)
    references = [one.reference for one in (goal, *mates) if one.reference]
    world = read_world(references, with_store=False)
    mates = [one for one in mates if one.reference or fold_id(one.id) in world.installed]
    goals = (goal, *mates)
    plan = resolve(world, goals)
    if plan.problems:
        raise refusal(plan.cause)
    if goal.verb is Verb.ENABLE:
        _refuse_needing(goal, plan, {fold_id(one.id) for one in goals})
    return plan.warnings


def refuse_lower(module_id: str, version: str) -> None:
    """Raise ``Refused`` if an enabled module needs more than ``version`` of another one."""
    installed = read_world((), with_store=False).installed.values()
    for one in installed:
        for requirement in one.requirements if one.enabled else ():
            named = requirement.kind is Kind.MODULE and fold_id(requirement.name)
            if named != fold_id(module_id) or not requirement.strict:
                continue
            if not requirement.accepts(version, one.contract):
                raise Refused(
                    "requirement-version",
                    _("“{by}” {by_version} needs {reading}; it would get {version}."),
                    context={
                        "by": one.name or one.id,
                        "by_version": one.version,
                        "reading": str(requirement),
                        "version": version,
                    },
                    hint=_("Disable “{by}” first."),
                )


def goal_of(operation: Operation) -> Goal:
    """Return the wish that an operation carries out."""
    options = operation.options
    return Goal(
        verb=Verb(operation.verb),
        id=operation.module_id,
        reference=str(options.get("upload", "")) if operation.verb in INSTALLING else "",
        enable=bool(options.get("enable")),
    )


def mates_of(operation: Operation) -> list[Goal]:
    """Return the wishes of the operation's batch that are still to be carried out."""
    if operation.batch_id is None:
        return []
    mates = Operation.objects.filter(
        batch=operation.batch_id, outcome__in=OPEN, verb__in=ASKED, committed=False
    )
    return [goal_of(mate) for mate in mates.exclude(pk=operation.pk).order_by("position", "pk")]


def refusal(problem: Finding) -> Refused:
    """Return what stands against a plan as an error."""
    return Refused(problem.slug, problem.message, context=problem.context, hint=problem.hint)


def _refuse_needing(goal: Goal, plan: Plan, asked: set[str]) -> None:
    steps = [step for step in plan.steps if not step.optional]
    lacking = [step for step in steps if fold_id(step.id) not in asked]
    if lacking:
        circle = any(one.slug == CIRCLE for one in plan.warnings)
        raise Refused(
            "requirement-not-enabled",
            _("“{id}” needs what is not enabled: {names}."),
            context={
                "id": goal.id,
                "names": ", ".join(step.name or step.id for step in lacking),
                "ids": [step.id for step in lacking],
                "all": " ".join([*(step.id for step in lacking), goal.id]),
            },
            hint=_IN_A_CIRCLE if circle else _("Enable those first, or all of them at once."),
        )
