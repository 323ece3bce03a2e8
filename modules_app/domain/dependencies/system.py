"""What modules require of the system itself: its contract level, engine, PHP and files (F2.1)."""

from __future__ import annotations

import re

from modules_app.domain.dependencies.grammar import Kind, Requirement
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.manifest import Contract

_SETTING = re.compile(r"%([A-Za-z0-9_]+)%")


def unmet_of_system(candidate: Candidate, world: World) -> tuple[Requirement, ...]:
    """Return what the candidate requires of the system and does not get.

    PHP is not run here and an engine whose version is unknown may be any, so neither is ever
    missing. Of several engines one is enough; else the first one stands for all (reference F2.3).
    """
    engines = [one for one in candidate.requirements if one.kind is Kind.ENGINE]
    lacking = [] if any(fits_engine(one, world) for one in engines) else engines[:1]
    for one in candidate.requirements:
        if one.kind is Kind.VERSION:
            fits = one.accepts(system_version(candidate, world), candidate.contract)
        else:
            fits = one.kind is not Kind.FILE or world.file_exists(required_file(one, world))
        if not fits:
            lacking.append(one)
    return tuple(lacking)


def is_mere_file(requirement: Requirement, candidate: Candidate) -> bool:
    """Tell whether a file is wanted by code that is not run here, so that nobody misses it."""
    return requirement.kind is Kind.FILE and not candidate.runs_code


def system_version(candidate: Candidate, world: World) -> str:
    """Return the contract level that the candidate's ``version`` requirements are compared with."""
    if candidate.contract is Contract.FREEPBX:
        return world.framework_version
    return world.pbx_version.replace("-dev", "")


def fits_engine(requirement: Requirement, world: World) -> bool:
    """Tell whether the engine has the required name and, where it is known, version."""
    name, version = world.engine
    if requirement.name.lower() != name.lower():
        return False
    return not version or requirement.accepts(version)


def is_engine_unknown(requirement: Requirement, world: World) -> bool:
    """Tell whether the engine's version is asked for and nobody has said which it is."""
    return bool(requirement.kind is Kind.ENGINE and requirement.version and not world.engine[1])


def required_file(requirement: Requirement, world: World) -> str:
    """Return the path with every ``%SETTING%`` replaced; unknown ones stay as written."""
    return _SETTING.sub(lambda match: world.settings.get(match[1], match[0]), requirement.name)
