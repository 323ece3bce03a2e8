"""Who needs what is to be disabled or removed (reference F2.5, R4.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.plan import Dependent, Goal
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _

OFF = (Verb.DISABLE, Verb.REMOVE)

_ENABLED = _("“{name}” is needed by {dependents}, enabled now.")
_ENABLED_HINT = _("Disable these too, all in one go, or keep “{name}”.")
_DISABLED = _("{dependents} also needs “{name}”; it is disabled now and could not be enabled then.")
_LOOSE = _("{dependents} seems to need “{name}”, in words that FreePBX does not understand.")


@dataclass(frozen=True, slots=True)
class Dependents:
    """The enabled modules that need what goes, nearest first."""

    all: tuple[Dependent, ...] = ()

    @property
    def goals(self) -> tuple[Goal, ...]:
        """Return what a cascade adds to the wishes."""
        return tuple(Goal(Verb.DISABLE, one.id) for one in self.all)


def find_dependents(world: World, goals: Sequence[Goal]) -> Dependents:
    """Return who needs, at any remove, what ``goals`` disable or remove and is no goal itself.

    As in FreePBX the versions asked for do not matter: what needs a module, needs it (F2.5).
    """
    asked = {fold_id(goal.id) for goal in goals}
    going = [fold_id(goal.id) for goal in goals if goal.verb in OFF]
    first = frozenset(going)
    users = _users(world, strict=True)
    found: dict[str, Candidate] = {}
    for key in going:  # grows while it is read
        for user in users.get(key, ()):
            if user.enabled and user.key not in asked and user.key not in found:
                found[user.key] = user
                going.append(user.key)
    gone = set(going)
    return Dependents(tuple(_dependent(user, world, gone, first) for user in found.values()))


def dependents_told(
    world: World, goals: Sequence[Goal], dependents: Dependents, *, cascade: bool
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the problems and the warnings about those who need what goes."""
    problems: list[Finding] = []
    warnings: list[Finding] = []
    strict, loose = _users(world, strict=True), _users(world, strict=False)
    touched = {fold_id(goal.id) for goal in goals} | {fold_id(one.id) for one in dependents.all}
    for goal in goals:
        if goal.verb not in OFF:
            continue
        key = fold_id(goal.id)
        target = world.installed[key]
        blocking = (
            []
            if cascade
            else [
                user
                for user in strict[key]
                if user.enabled and user.key not in touched - _keys(dependents)
            ]
        )
        idle = [user for user in strict[key] if not user.enabled and user.key not in touched]
        unsure = [user for user in loose[key] if user.enabled and user.key not in touched]
        problems += _told(Severity.ERROR, "dependents-enabled", _ENABLED, target, blocking)
        warnings += _told(Severity.WARNING, "dependents-disabled", _DISABLED, target, idle)
        warnings += _told(Severity.WARNING, "dependents-loose", _LOOSE, target, unsure)
    return tuple(problems), tuple(warnings)


def _keys(dependents: Dependents) -> set[str]:
    return {fold_id(one.id) for one in dependents.all}


def _users(world: World, *, strict: bool) -> dict[str, list[Candidate]]:
    """Return the installed modules that require a module, by its folded id."""
    users: dict[str, list[Candidate]] = defaultdict(list)
    for key in sorted(world.installed):
        candidate = world.installed[key]
        for needed in dict.fromkeys(_needs(candidate, world, strict=strict)):
            if needed != key:
                users[needed].append(candidate)
    return users


def _needs(candidate: Candidate, world: World, *, strict: bool) -> Iterable[str]:
    for one in candidate.requirements:
        if one.kind is Kind.MODULE and one.strict is strict:
            key = fold_id(one.name)
            provided = world.provided.get(key)
            if not (provided and one.accepts(provided.version, candidate.contract)):
                yield key


def _dependent(user: Candidate, world: World, gone: set[str], first: frozenset[str]) -> Dependent:
    needs = [key for key in dict.fromkeys(_needs(user, world, strict=True)) if key in gone]
    needed = [world.installed[key] for key in needs]
    return Dependent(
        user.id,
        user.name or user.id,
        user.version,
        needs=tuple(one.id for one in needed),
        needs_names=tuple(one.name or one.id for one in needed),
        direct=not first.isdisjoint(needs),
    )


def _told(
    severity: Severity, slug: str, sentence: str, target: Candidate, users: list[Candidate]
) -> list[Finding]:
    if not users:
        return []
    context = {
        "id": target.id,
        "name": target.name or target.id,
        "dependents": ", ".join(user.name or user.id for user in users),
        "ids": [user.id for user in users],
    }
    hint = _ENABLED_HINT if severity is Severity.ERROR else ""
    return [Finding(severity, slug, sentence, context, hint=hint)]
