"""Which installed modules need which, from what their packages declare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.fields.json import KT

from modules_app.domain.dependencies.grammar import Requirement
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.needs import Need, Standing, required_modules, unmet_needs
from modules_app.models import Module
from modules_app.selectors.modules import ModuleRow, all_modules, find_module
from modules_app.selectors.world import relations_of

# What a generation requires never changes; the facts of all modules are too much for every list.
_required: dict[tuple[str, str], tuple[Requirement, ...]] = {}
_MOST_REMEMBERED = 4096


def needs_by_module(rows: Iterable[ModuleRow]) -> dict[str, tuple[Need, ...]]:
    """Return what each module needs and lacks, by id; ``rows`` are those of all modules.

    One query, and none when all of them were asked for before.
    """
    rows = list(rows)
    known = {fold_id(row.id): _standing(row) for row in rows}
    required = _required_by(rows)
    found = {
        row.id: unmet_needs(required.get(row.id, ()), known, Contract(row.contract)) for row in rows
    }
    return {module_id: needs for module_id, needs in found.items() if needs}


def needed_by(module_id: str, rows: Iterable[ModuleRow]) -> list[ModuleRow]:
    """Return the modules that name ``module_id`` among what they need, by their names."""
    rows = list(rows)
    folded = fold_id(module_id)
    required = _required_by(rows)
    found = [
        row for row in rows if any(fold_id(one.name) == folded for one in required.get(row.id, ()))
    ]
    return sorted(found, key=lambda row: row.title.casefold())


def needs_record(module_id: str, language: str = "en") -> dict[str, Any]:
    """Return what a module lacks and who needs it, as JSON. Raises ``NotFound``."""
    module = find_module(module_id)
    rows = all_modules(language)
    lacking = needs_by_module(rows).get(module.id, ())
    return {
        "needs": [
            {
                "id": need.id,
                "state": str(need.state),
                "cause": need.cause,
                "wanted": need.wanted,
            }
            for need in lacking
        ],
        "needed_by": [row.id for row in needed_by(module.id, rows)],
    }


def _standing(row: ModuleRow) -> Standing:
    return Standing(row.id, row.title, row.state, row.reason, row.version)


def _required_by(rows: list[ModuleRow]) -> dict[str, tuple[Requirement, ...]]:
    asked = {row.id: row.generation for row in rows}
    if any(key not in _required for key in asked.items()):
        _learn()
    return {module_id: _required.get((module_id, now), ()) for module_id, now in asked.items()}


def _learn() -> None:
    """Read what all modules require now."""
    if len(_required) > _MOST_REMEMBERED:
        _required.clear()
    rows = Module.objects.values_list(
        "id", "generation", "contract", KT("facts__manifest__facts__depends")
    )
    for module_id, generation, contract, depends in rows:
        requirements, _conflicts = relations_of(module_id, contract, depends, None)
        _required[module_id, generation] = required_modules(requirements)
