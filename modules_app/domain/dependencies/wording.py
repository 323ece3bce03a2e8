"""The sentences in which demands are told, for reasons, warnings and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.domain.dependencies.choices import Choices
from modules_app.domain.dependencies.conflicts import Clash
from modules_app.domain.dependencies.demands import (
    Apart,
    Demand,
    Kept,
    Left,
    Needed,
    Unfulfilled,
    Wished,
)
from modules_app.domain.dependencies.grammar import Kind, Requirement
from modules_app.domain.dependencies.system import required_file, system_version
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _

WISHES: Mapping[Verb, str] = {
    Verb.INSTALL: _("“{name}” is to be installed."),
    Verb.UPGRADE: _("“{name}” is to be upgraded."),
    Verb.ENABLE: _("“{name}” is to be enabled."),
    Verb.DISABLE: _("“{name}” is to be disabled."),
    Verb.REMOVE: _("“{name}” is to be removed."),
}
_INSTALLED_ON = _("“{name}” is to be installed and enabled.")
_KEPT = _("“{name}” {version} is enabled and nobody asked to disable it.")
_LEFT = _("“{name}” is to stay as it is.")

_NEEDS_HERE = _("“{by}” {by_version} needs {reading}; here is {found}.")
_NEEDS_ABSENT = _("“{by}” {by_version} needs {reading}, which is neither installed nor at hand.")
_NEEDS_ON = _("“{by}” {by_version} needs {reading}, and enabled; here is {found}.")
_NEEDS_PROVIDED = _("“{by}” {by_version} needs {reading}; PBX Admin stands for {found}.")
_BRING = _("Upload a package of “{required}” that fits, or take another version of “{by}”.")

_SYSTEM: Mapping[Kind, str] = {
    Kind.VERSION: _(
        "“{by}” {by_version} needs a system of version {reading}; this one is {found}."
    ),
    Kind.ENGINE: _("“{by}” {by_version} needs the engine {reading}; this system runs {found}."),
    Kind.FILE: _("“{by}” {by_version} needs the file {found}, which does not exist."),
}
_SYSTEM_HINT: Mapping[Kind, str] = {
    Kind.VERSION: _(
        "The settings FrameworkVersion and PBXVersion say which versions we stand for."
    ),
    Kind.ENGINE: _("The setting AsteriskVersion says which Asterisk is used."),
    Kind.FILE: "",
}


def finding_of(demand: Demand, choices: Choices, severity: Severity = Severity.ERROR) -> Finding:
    """Return what the demand says, for a person, with a way out where there is one."""
    match demand:
        case Wished(goal=goal):
            sentence = _INSTALLED_ON if goal.enable else WISHES[goal.verb]
            return Finding(severity, "goal", sentence, {"name": name_of(demand.target, choices)})
        case Kept(candidate=kept):
            context = {"name": kept.name or kept.id, "version": kept.version}
            return Finding(severity, "stays-enabled", _KEPT, context)
        case Left():
            return Finding(severity, "left-out", _LEFT, {"name": name_of(demand.target, choices)})
        case Needed(by=by, requirement=requirement, on=on):
            return _needed(by, requirement, choices, severity, on=on)
        case Unfulfilled(by=by, requirement=requirement) if requirement.kind is Kind.MODULE:
            return _needed(by, requirement, choices, severity)
        case Unfulfilled(by=by, requirement=requirement):
            return system_finding(by, requirement, choices.world, severity)
        case Apart(by=by, conflict=conflict):
            named = choices.candidates(demand.target)
            meant = [one for one in named if conflict.concerns(one.version)] or named
            return Clash(by, meant[0], conflict).finding(severity)
    return Finding(severity, "goal", WISHES[Verb.ENABLE], {"name": demand.target})


def system_finding(
    by: Candidate, requirement: Requirement, world: World, severity: Severity
) -> Finding:
    """Return the sentence about something that the system itself lacks."""
    found = {
        Kind.VERSION: system_version(by, world),
        Kind.ENGINE: " ".join(world.engine).strip(),
        Kind.FILE: required_file(requirement, world),
    }[requirement.kind]
    context = {**_told(by, requirement), "found": found}
    slug = f"requirement-{requirement.kind}"
    kind = requirement.kind
    return Finding(severity, slug, _SYSTEM[kind], context, hint=_SYSTEM_HINT[kind])


def name_of(key: str, choices: Choices) -> str:
    """Return the name for people of the module with a folded id."""
    known = choices.candidates(key)
    return (known[0].name or known[0].id) if known else key


def _needed(
    by: Candidate,
    requirement: Requirement,
    choices: Choices,
    severity: Severity,
    *,
    on: bool = False,
) -> Finding:
    key = fold_id(requirement.name)
    known = choices.candidates(key)
    provided = choices.world.provided.get(key)
    context: dict[str, Any] = {**_told(by, requirement), "required": requirement.name}
    off = [one for one in known if one.is_installed and not one.works]
    context["found"] = ", ".join(f"{one.version} ({one.source})" for one in known)
    if provided and not known:
        context["found"] = f"{provided.name} {provided.version}"
        return Finding(severity, "requirement-provided", _NEEDS_PROVIDED, context)
    if not known:
        return Finding(severity, "requirement-missing", _NEEDS_ABSENT, context, hint=_BRING)
    if on and any(requirement.accepts(one.version, by.contract) for one in off):
        return Finding(severity, "requirement-off", _NEEDS_ON, context)
    return Finding(severity, "requirement-version", _NEEDS_HERE, context, hint=_BRING)


def _told(by: Candidate, requirement: Requirement) -> dict[str, Any]:
    return {
        "by": by.name or by.id,
        "by_id": by.id,
        "by_version": by.version,
        "reading": str(requirement),
        "written": requirement.text,
    }
