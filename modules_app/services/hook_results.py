"""Writing down how the hooks of modules ran: one row per module and hook."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from modules_app.domain.ids import fold_id
from modules_app.models import HookResult, Operation

ERROR_CHARACTERS = 2000
TRACEBACK_CHARACTERS = 8000
"""The end of a traceback says what failed; what lies before is cut off."""


def record_hook_result(
    *,
    module_id: str,
    hook: str,
    ok: bool,
    seconds: float,
    error: str = "",
    traceback: str = "",
    operation: Operation | None = None,
    generation: str = "",
) -> None:
    """Store the last run of ``hook``; its last failure stays readable after later runs went well.

    ``operation`` is what the hook ran for, ``generation`` the version of the code it belongs to.
    """
    now = timezone.now()
    values: dict[str, Any] = {
        "module_id": module_id,
        "at": now,
        "seconds": max(seconds, 0.0),
        "ok": ok,
        "operation": operation,
        "generation": generation,
    }
    if not ok:
        values |= {
            "failed_at": now,
            "error": error[:ERROR_CHARACTERS],
            "traceback": traceback[-TRACEBACK_CHARACTERS:],
        }
    HookResult.objects.update_or_create(id_fold=fold_id(module_id), hook=hook[:64], defaults=values)


def forget_hook_results(*, module_id: str) -> None:
    """Delete the results of a module; call it in the transaction that deletes the module."""
    HookResult.objects.filter(id_fold=fold_id(module_id)).delete()
