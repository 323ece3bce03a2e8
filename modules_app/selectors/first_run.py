"""First-run steps of enabled modules, in their order (reference F1.3, oobe)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KT

from modules_app.models import FirstRun, Module
from modules_app.selectors.modules import pick
from modules_app.selectors.registry import modules_in_use
from modules_app.selectors.safe_mode import safe_mode

PRIORITY = 100
"""Where a step stands that names no priority."""


@dataclass(frozen=True, slots=True)
class Step:
    """One module's step; ``row`` is what is stored of it, None when nobody asked yet."""

    module_id: str
    title: str
    method: str
    priority: int
    row: FirstRun | None

    @property
    def is_open(self) -> bool:
        """Tell whether something remains to be done."""
        return self.row is None or not self.row.complete


def first_run_steps(language: str = "en", *, module_id: str = "") -> list[Step]:
    """Return the steps of enabled modules in Python, lowest priority first; none in safe mode."""
    if safe_mode():
        return []
    rows = modules_in_use().filter(contract="freepbx", language="python")
    if module_id:
        rows = rows.filter(pk=module_id)
    rows = rows.annotate(oobe=KT("facts__manifest__facts__oobe__method")).exclude(oobe=None)
    found = [_step(module, language) for module in rows.select_related("first_run")]
    return sorted((one for one in found if one.method), key=lambda one: one.priority)


def _step(module: Module, language: str) -> Step:
    declared: dict[str, Any] = module.facts["manifest"]["facts"]["oobe"]
    return Step(
        module.id,
        pick(module.titles, language, module.id),
        str(declared.get("method") or ""),
        int(declared.get("priority") or PRIORITY),
        getattr(module, "first_run", None),
    )
