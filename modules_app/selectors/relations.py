"""What one module or package requires and does not go with, as people read it (reference F2)."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from modules_app.domain.dependencies.conflicts import Conflict, find_clashes
from modules_app.domain.dependencies.fulfilment import Fulfilment, fulfilment
from modules_app.domain.dependencies.grammar import Kind, Requirement
from modules_app.domain.dependencies.world import Candidate, World
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.versions import compare
from modules_app.selectors.world import read_world


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """One requirement and how it stands.

    ``reading`` is how it is read here, ``written`` what the author wrote if FreePBX would not read
    it so. ``module`` is the id of the installed module that is meant, empty for none.
    """

    requirement: Requirement
    standing: Fulfilment
    module: str

    @property
    def reading(self) -> str:
        """Return the requirement as it is understood, its alternatives included."""
        return " / ".join(map(str, (self.requirement, *self.requirement.alternatives)))

    @property
    def written(self) -> str:
        """Return the author's text where our reading of it is more than FreePBX's."""
        return "" if self.requirement.strict else self.requirement.text


@dataclass(frozen=True, slots=True)
class Relations:
    """Requirements, the conflicts of now with both sides named, and those that nobody meets."""

    requirements: tuple[RequirementLine, ...]
    clashes: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]

    def __bool__(self) -> bool:
        return bool(self.requirements or self.clashes or self.conflicts)


def relations_of_upload(upload_id: str, language: str = "en") -> Relations:
    """Return what a waiting package requires and does not go with; nothing when it is gone."""
    world = read_world(language=language)
    return _relations(
        next((one for one in world.available if one.reference == upload_id), None), world
    )


def companions(upload_id: str) -> list[str]:
    """Return the other waiting uploads that this one needs, and those that they need in turn."""
    world = read_world(with_store=False)
    by_reference = {one.reference: one for one in world.available}
    found: dict[str, Candidate] = {}
    waiting = [by_reference[upload_id]] if upload_id in by_reference else []
    while waiting:
        candidate = waiting.pop()
        for requirement in candidate.requirements:
            if fulfilment(requirement, candidate, world) is Fulfilment.AT_HAND:
                near = _newest(requirement, candidate, world)
                if near.reference not in {upload_id, *found}:
                    found[near.reference] = near
                    waiting.append(near)
    return list(found)


def _newest(requirement: Requirement, candidate: Candidate, world: World) -> Candidate:
    fitting = [
        one
        for one in world.available
        if one.key == fold_id(requirement.name)
        and requirement.accepts(one.version, candidate.contract)
    ]
    return functools.reduce(_newer, fitting)


def _newer(one: Candidate, other: Candidate) -> Candidate:
    return one if compare(one.version, other.version, one.contract) >= 0 else other


def relations_of_module(module_id: str, language: str = "en") -> Relations:
    """Return what an installed module requires and does not go with."""
    world = read_world(with_store=False, language=language)
    return _relations(world.installed.get(fold_id(module_id)), world)


def _relations(candidate: Candidate | None, world: World) -> Relations:
    if candidate is None:
        return Relations((), (), ())
    others = [one for one in world.installed.values() if one.key != candidate.key]
    clashes = [
        clash
        for clash in find_clashes([candidate, *others])
        if candidate in (clash.declarer, clash.named)
    ]
    met = {fold_id(clash.conflict.named) for clash in clashes if clash.declarer is candidate}
    return Relations(
        requirements=tuple(_line(one, candidate, world) for one in candidate.requirements),
        clashes=tuple(clash.finding(Severity.WARNING) for clash in clashes),
        conflicts=tuple(_unmet(candidate.conflicts, met)),
    )


def _line(requirement: Requirement, candidate: Candidate, world: World) -> RequirementLine:
    named = fold_id(requirement.name) if requirement.kind is Kind.MODULE else ""
    here = world.installed.get(named)
    return RequirementLine(
        requirement, fulfilment(requirement, candidate, world), here.id if here else ""
    )


def _unmet(conflicts: Iterable[Conflict], met: set[str]) -> Iterable[Conflict]:
    return (one for one in conflicts if fold_id(one.named) not in met)
