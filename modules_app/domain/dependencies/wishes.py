"""Which wishes need a plan, and which are refused or fulfilled before one is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import STATES, ModuleState, Verb
from modules_app.domain.versions import compare
from modules_app.exceptions import gettext_noop as _

_UNKNOWN = _("No module “{name}” is installed or at hand.")
_NOT_INSTALLED = _("“{name}” is not installed.")
_NO_PACKAGE = _("The package of “{name}” that was chosen is gone.")
_CANNOT_DISABLE = _("“{name}” says of itself that it must not be disabled.")
_CANNOT_REMOVE = _("“{name}” says of itself that it must not be removed.")
_NOT_SO = _("“{name}” cannot be enabled as it is: {state}")
_DONE = {
    Verb.ENABLE: _("“{name}” is enabled already."),
    Verb.DISABLE: _("“{name}” is disabled already."),
    Verb.UPGRADE: _("No newer version of “{name}” than {version} is at hand."),
}
_DOWNGRADE = _("“{name}” goes back from {old} to {version}; its data may be too new for that.")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The goals that need a plan, what was noted about the others, and what refuses them.

    ``alone`` are verbs that concern nobody else and are done as they are.
    """

    goals: tuple[Goal, ...]
    alone: tuple[Goal, ...]
    notes: tuple[Finding, ...]
    problems: tuple[Finding, ...]


def sort_wishes(world: World, goals: Sequence[Goal]) -> Wishes:
    """Look at each goal by itself."""
    kept: list[Goal] = []
    alone: list[Goal] = []
    notes: list[Finding] = []
    problems: list[Finding] = []
    at_hand: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in world.available:
        at_hand[candidate.key].append(candidate)
    for goal in dict.fromkeys(goals):
        key = fold_id(goal.id)
        here = _Here(world.installed.get(key), at_hand.get(key, []), world)
        remarks = list(_CHECKS.get(goal.verb, _alone)(goal, here))
        problems += [one for one in remarks if one.severity is Severity.ERROR]
        notes += [one for one in remarks if one.severity is not Severity.ERROR]
        if any(one.severity is Severity.ERROR or one.slug == "nothing-to-do" for one in remarks):
            continue
        (kept if goal.verb in _CHECKS else alone).append(goal)
    return Wishes(tuple(kept), tuple(alone), tuple(notes), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Here:
    """What is known of the module that a goal is about."""

    installed: Candidate | None
    known: list[Candidate]
    world: World


def _install(goal: Goal, here: _Here) -> Iterable[Finding]:
    installed, known = here.installed, here.known
    chosen = [one for one in known if goal.reference in ("", one.reference)]
    if not chosen and goal.reference:
        yield _error("package-unknown", _NO_PACKAGE, goal.id)
    elif not (known or installed):
        yield _error("module-unknown", _UNKNOWN, goal.id)
    elif goal.verb is Verb.UPGRADE and installed is None:
        yield _error("module-not-installed", _NOT_INSTALLED, goal.id)
    elif installed and not goal.reference:
        if not any(_order(one, installed) > 0 for one in chosen):
            yield _nothing(Verb.UPGRADE, installed)
    elif installed and _order(chosen[0], installed) < 0:
        context = {"old": installed.version, "version": chosen[0].version}
        context["name"] = installed.name or installed.id
        yield Finding(Severity.WARNING, "downgrade", _DOWNGRADE, context)


def _enable(goal: Goal, here: _Here) -> Iterable[Finding]:
    installed = here.installed
    if installed is None:
        if not here.known:
            yield _error("module-unknown", _UNKNOWN, goal.id)
    elif installed.works:
        yield _nothing(Verb.ENABLE, installed)
    elif not installed.can_be_enabled and not here.known:
        words = STATES[ModuleState(installed.state)].sentence
        context = {"name": installed.name or installed.id, "state": words}
        yield Finding(Severity.ERROR, "module-state", _NOT_SO, context)


def _disable(goal: Goal, here: _Here) -> Iterable[Finding]:
    installed = here.installed
    if installed is None:
        yield _error("module-not-installed", _NOT_INSTALLED, goal.id)
    elif not installed.enabled:
        yield _nothing(Verb.DISABLE, installed)
    else:
        yield from may_be_disabled(installed, here.world)


def _remove(goal: Goal, here: _Here) -> Iterable[Finding]:
    installed = here.installed
    if installed is None:
        yield _error("module-not-installed", _NOT_INSTALLED, goal.id)
    elif not installed.can_uninstall:
        name = installed.name or installed.id
        yield _error("module-cannot-be-removed", _CANNOT_REMOVE, name)


def _alone(goal: Goal, here: _Here) -> Iterable[Finding]:
    if here.installed is None:
        yield _error("module-not-installed", _NOT_INSTALLED, goal.id)


_Check = Callable[[Goal, _Here], Iterable[Finding]]
_CHECKS: dict[Verb, _Check] = {
    Verb.INSTALL: _install,
    Verb.UPGRADE: _install,
    Verb.ENABLE: _enable,
    Verb.DISABLE: _disable,
    Verb.REMOVE: _remove,
}


def may_be_disabled(installed: Candidate, world: World) -> Iterable[Finding]:
    """Say so when the module forbids it; safe mode asks nobody."""
    if not (installed.can_disable or world.safe_mode):
        yield _error("module-cannot-be-disabled", _CANNOT_DISABLE, installed.name or installed.id)


def _order(candidate: Candidate, installed: Candidate) -> int:
    return compare(candidate.version, installed.version, installed.contract)


def _error(slug: str, sentence: str, name: str) -> Finding:
    return Finding(Severity.ERROR, slug, sentence, {"name": name})


def _nothing(verb: Verb, installed: Candidate) -> Finding:
    context = {"name": installed.name or installed.id, "version": installed.version}
    return Finding(Severity.NOTE, "nothing-to-do", _DONE[verb], context)
