"""Whether one requirement of a module is met as things stand, in one word for people."""

from __future__ import annotations

from enum import StrEnum

from modules_app.domain.dependencies.grammar import Kind, Requirement
from modules_app.domain.dependencies.system import (
    fits_engine,
    is_engine_unknown,
    unmet_of_system,
)
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.ids import fold_id
from modules_app.exceptions import gettext_noop as _


class Fulfilment(StrEnum):
    """How a requirement stands; only ``MISSING`` needs something from elsewhere."""

    MET = "met"
    OFF = "off"
    AT_HAND = "at-hand"
    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


FULFILMENT_LABELS: dict[Fulfilment, str] = {
    Fulfilment.MET: _("Met"),
    Fulfilment.OFF: _("Installed, but it does not run"),
    Fulfilment.AT_HAND: _("Not installed; a package that fits is at hand"),
    Fulfilment.MISSING: _("Not met"),
    Fulfilment.UNKNOWN: _("Not known here"),
    Fulfilment.NOT_APPLICABLE: _("Not applicable here, where no PHP is run"),
}

_PHP = (Kind.PHPVERSION, Kind.PHPCOMPONENT)


def fulfilment(requirement: Requirement, candidate: Candidate, world: World) -> Fulfilment:
    """Return how one of ``candidate``'s requirements stands; of alternatives the best counts."""
    if requirement.kind in _PHP:
        return Fulfilment.NOT_APPLICABLE
    if requirement.kind is Kind.MODULE:
        each = (requirement, *requirement.alternatives)
        order = list(Fulfilment)
        return min((_module(one, candidate, world) for one in each), key=order.index)
    if requirement in unmet_of_system(candidate, world):
        return Fulfilment.MISSING
    if requirement.kind is Kind.ENGINE and not fits_engine(requirement, world):
        return Fulfilment.NOT_APPLICABLE if _other_engine(candidate, world) else Fulfilment.MISSING
    return Fulfilment.UNKNOWN if is_engine_unknown(requirement, world) else Fulfilment.MET


def _other_engine(candidate: Candidate, world: World) -> bool:
    engines = (one for one in candidate.requirements if one.kind is Kind.ENGINE)
    return any(fits_engine(one, world) for one in engines)


def _module(requirement: Requirement, candidate: Candidate, world: World) -> Fulfilment:
    key = fold_id(requirement.name)
    provided, here = world.provided.get(key), world.installed.get(key)
    if provided and requirement.accepts(provided.version, candidate.contract):
        return Fulfilment.MET
    if here is not None and requirement.accepts(here.version, candidate.contract):
        return Fulfilment.MET if here.works else Fulfilment.OFF
    fits = (
        one.key == key and requirement.accepts(one.version, candidate.contract)
        for one in world.available
    )
    return Fulfilment.AT_HAND if any(fits) else Fulfilment.MISSING
