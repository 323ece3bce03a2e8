"""Which hooks modules have and how they ran, as people see it (reference M15.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from modules_app.domain.ids import fold_id
from modules_app.domain.states import Wanted
from modules_app.hooks.specs import HOOKS, HookSpec, find_hook
from modules_app.hooks.text import LAST
from modules_app.models import HookResult, Module

_PYTHON = "python"
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class HookRow:
    """One hook of one module; ``result`` is None as long as it never ran.

    ``spec`` is None for a hook that is no row of our table any more.
    """

    module_id: str
    name: str
    spec: HookSpec | None
    result: HookResult | None = None

    @property
    def priority(self) -> int:
        """Return where the module stands among others for this hook."""
        return self.result.priority if self.result else LAST

    @property
    def failed(self) -> bool:
        """Tell whether the last run failed."""
        return self.result is not None and not self.result.ok

    @property
    def answer(self) -> str:
        """Return what the hook answered last, as readable JSON or as its text; "" for nothing."""
        value = self.result.answer if self.result else None
        if value is None:
            return ""
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        return text[:_LONGEST_ANSWER]


@dataclass(frozen=True, slots=True)
class HookGroup:
    """One hook with the modules that have it, in the order in which they are called."""

    spec: HookSpec
    rows: tuple[HookRow, ...]


def hook_rows(module: Module) -> list[HookRow]:
    """Return every hook that a module has or had: what failed first, then by name."""
    results = {one.hook: one for one in _results(module.id)}
    names = [*_names(module.language, module.facts.get("hooks")), *results]
    rows = [_row(module.id, name, results.get(name)) for name in dict.fromkeys(names)]
    return sorted(rows, key=lambda row: (not row.failed, row.name))


def hook_groups() -> list[HookGroup]:
    """Return the hooks that enabled modules have, in the order of the table."""
    found: dict[str, list[HookRow]] = {}
    results = {(one.module_id, one.hook): one for one in HookResult.objects.all()}
    on = Module.objects.filter(wanted=Wanted.ON, language=_PYTHON).order_by("id")
    for module_id, names in on.values_list("id", "facts__hooks"):
        for name in _names(_PYTHON, names):
            row = _row(module_id, name, results.get((module_id, name)))
            found.setdefault(name, []).append(row)
    return [
        HookGroup(spec, tuple(sorted(found[spec.name], key=lambda row: row.priority)))
        for spec in HOOKS
        if spec.name in found
    ]


def list_hook_results(module_id: str) -> list[HookResult]:
    """Return the last run of every hook of a module: what fails first, then by name."""
    return sorted(_results(module_id), key=lambda result: (result.ok, result.hook))


def hook_result_record(result: HookResult) -> dict[str, Any]:
    """Return one result as the JSON that commands print; times are ISO 8601."""
    return {
        "hook": result.hook,
        "ok": result.ok,
        "at": result.at.isoformat(),
        "seconds": round(result.seconds, 3),
        "priority": result.priority,
        "answer": result.answer,
        "generation": result.generation,
        "operation": result.operation_id,
        "failed_at": result.failed_at.isoformat() if result.failed_at else None,
        "error": result.error,
        "traceback": result.traceback,
    }


def hook_row_record(row: HookRow) -> dict[str, Any]:
    """Return one hook of a module as the JSON that commands print."""
    known = row.spec
    return {
        "module": row.module_id,
        "hook": row.name,
        "seed_name": known.seed_name if known else "",
        "surface": str(known.surface) if known else "",
        "called": bool(known and known.called),
        "last": hook_result_record(row.result) if row.result else None,
    }


def _results(module_id: str) -> Iterable[HookResult]:
    return HookResult.objects.filter(id_fold=fold_id(module_id))


def _names(language: str, hooks: Any) -> list[str]:
    """Return the hooks of a module that can run here; code in PHP never does."""
    return [str(name) for name in hooks or ()] if language == _PYTHON else []


def _row(module_id: str, name: str, result: HookResult | None) -> HookRow:
    try:
        spec = find_hook(name)
    except KeyError:
        spec = None
    return HookRow(module_id, name, spec, result)
