"""What a person should know about a plan although it can be carried out."""

from __future__ import annotations

from collections.abc import Iterable

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.conflicts import find_clashes
from modules_app.domain.dependencies.demands import Needed, State
from modules_app.domain.dependencies.grammar import Kind
from modules_app.domain.dependencies.search import Picks
from modules_app.domain.dependencies.system import (
    fits_engine,
    is_engine_unknown,
    unmet_of_system,
)
from modules_app.domain.dependencies.wording import finding_of, system_finding
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.findings import Finding, Severity
from modules_app.exceptions import gettext_noop as _

_ENGINE_UNKNOWN = _(
    "“{by}” {by_version} needs the engine {reading}; which version is used here is not known."
)
_ENGINE_HINT = _("Enter the version in the setting AsteriskVersion.")
_PHP = _("“{by}” {by_version} needs {reading}; that is not applicable here, where no PHP is run.")
_PHP_KINDS = (Kind.PHPVERSION, Kind.PHPCOMPONENT)


def remarks(choices: Choices, picks: Picks) -> tuple[Finding, ...]:
    """Return warnings and notes about the modules that change, in the order of the choice."""
    changed = [state for key, state in picks.items() if state is not choices.present(key)]
    found: list[Finding] = []
    for state in changed:
        if state.candidate is not None and (state.on or not state.candidate.is_installed):
            found += _unmet(state, choices, picks)
            found += _of_system(state, state.candidate, choices.world)
    return (*found, *_not_enabled_together(changed, choices, picks))


def _unmet(state: State, choices: Choices, picks: Picks) -> Iterable[Finding]:
    for demand in choices.demands(state):
        if isinstance(demand, Needed) and demand.soft:
            target = picks.get(demand.target) or choices.present(demand.target)
            if not demand.allows(target):
                yield finding_of(demand, choices, Severity.WARNING)


def _of_system(state: State, candidate: Candidate, world: World) -> Iterable[Finding]:
    for requirement in unmet_of_system(candidate, world):
        yield system_finding(candidate, requirement, world, Severity.WARNING)
    context = {"by": candidate.name or candidate.id, "by_version": candidate.version}
    engines = [one for one in candidate.requirements if one.kind is Kind.ENGINE]
    unknown = [one for one in engines if is_engine_unknown(one, world) and fits_engine(one, world)]
    if unknown and len(unknown) == len(engines):
        told = {**context, "reading": str(unknown[0])}
        yield Finding(Severity.NOTE, "engine-unknown", _ENGINE_UNKNOWN, told, hint=_ENGINE_HINT)
    php = [_php(one.kind, str(one)) for one in candidate.requirements if one.kind in _PHP_KINDS]
    if php:
        told = {**context, "reading": ", ".join(php)}
        yield Finding(Severity.NOTE, "php-not-applicable", _PHP, told)


def _php(kind: Kind, reading: str) -> str:
    return f"PHP {reading}" if kind is Kind.PHPVERSION else reading


def _not_enabled_together(
    changed: list[State], choices: Choices, picks: Picks
) -> Iterable[Finding]:
    """Warn of conflicts that matter as soon as somebody enables what is installed now."""
    new = {state.key for state in changed if state.candidate and not state.candidate.is_installed}
    switched_off = {
        state.key for state in changed if not state.on and choices.present(state.key).on
    }
    after = {key: state.candidate for key, state in picks.items()}
    everything = {**choices.world.installed, **after}
    present = [one for one in everything.values() if one is not None]
    for clash in find_clashes(present):
        pair = {clash.declarer.key, clash.named.key}
        if pair & new and not pair & switched_off:
            yield clash.finding(Severity.WARNING)
