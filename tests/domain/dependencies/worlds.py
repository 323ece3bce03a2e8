"""Small worlds for tests, in as few words as possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.domain.dependencies.conflicts import read_conflicts
from modules_app.domain.dependencies.grammar import read_requirements
from modules_app.domain.dependencies.plan import Goal, Plan
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.dependencies.world import INSTALLED, UPLOAD, Candidate, World
from modules_app.domain.manifest import Contract
from modules_app.domain.states import ModuleState, Verb


def candidate(
    module_id: str,
    version: str = "1.0",
    *needs: str,
    breaking: Iterable[Mapping[str, str]] = (),
    contract: Contract = Contract.FREEPBX,
    **more: Any,
) -> Candidate:
    """Return a version at hand; a need is ``kind:text``, or the text of a module requirement."""
    split = (need.partition(":") if ":" in need else ("module", "", need) for need in needs)
    depends = [{"kind": kind, "value": text} for kind, _colon, text in split]
    requirements, _odd = read_requirements(depends, contract)
    more = {"source": UPLOAD, "reference": f"{module_id}-{version}", **more}
    return Candidate(
        module_id,
        module_id.title(),
        version,
        contract,
        requirements=requirements,
        conflicts=read_conflicts(breaking, module_id),
        **more,
    )


def installed(module_id: str, version: str = "1.0", *needs: str, **more: Any) -> Candidate:
    """Return what is installed and disabled."""
    return candidate(module_id, version, *needs, source=INSTALLED, **more)


def enabled(module_id: str, version: str = "1.0", *needs: str, **more: Any) -> Candidate:
    """Return what is installed and enabled."""
    more = {"state": ModuleState.ENABLED, "enabled": True, **more}
    return installed(module_id, version, *needs, **more)


def world(*candidates: Candidate, **more: Any) -> World:
    """Return the world that holds these."""
    here = {one.key: one for one in candidates if one.is_installed}
    at_hand = tuple(one for one in candidates if not one.is_installed)
    return World(here, at_hand, **more)


def install(*ids: str, enable: bool = False) -> list[Goal]:
    return [Goal(Verb.INSTALL, one, enable=enable) for one in ids]


def wish(verb: Verb, *ids: str) -> list[Goal]:
    return [Goal(verb, one) for one in ids]


def plan(here: World, goals: list[Goal], **more: Any) -> Plan:
    return resolve(here, goals, **more)


def told(found: Plan) -> list[str]:
    """Return each step in one line, such as ``upgrade b 2.0``; a plus is for enabled with it."""
    return [
        f"{step.verb} {step.id} {step.version}{' +' if step.enable else ''}" for step in found.steps
    ]


def problems(found: Plan) -> list[str]:
    return [finding.slug for finding in found.problems]


def warnings(found: Plan) -> list[str]:
    return [finding.slug for finding in found.warnings]
