"""How the hooks of a module ran, as people see it."""

from __future__ import annotations

from typing import Any

from modules_app.domain.ids import fold_id
from modules_app.models import HookResult


def list_hook_results(module_id: str) -> list[HookResult]:
    """Return the last run of every hook of a module: what fails first, then by name."""
    found = HookResult.objects.filter(id_fold=fold_id(module_id))
    return sorted(found, key=lambda result: (result.ok, result.hook))


def hook_result_record(result: HookResult) -> dict[str, Any]:
    """Return one result as the JSON that commands print; times are ISO 8601."""
    return {
        "hook": result.hook,
        "ok": result.ok,
        "at": result.at.isoformat(),
        "seconds": round(result.seconds, 3),
        "generation": result.generation,
        "operation": result.operation_id,
        "failed_at": result.failed_at.isoformat() if result.failed_at else None,
        "error": result.error,
        "traceback": result.traceback,
    }
