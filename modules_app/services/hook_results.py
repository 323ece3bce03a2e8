"""Writing down how the hooks of modules ran: one row per module and hook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def record_answer(
    *,
    module_id: str,
    generation: str,
    hook: str,
    answer: Mapping[str, Any],
    operation: Operation | None = None,
) -> None:
    """Store what a collected hook answered (see `modules_app.host.asking.ask`).

    After a failure the last good answer of the same generation goes on counting, so that a
    database that was locked for a moment takes no line out of a file.
    """
    error = str(answer.get("error", ""))
    record_hook_result(
        module_id=module_id,
        hook=hook,
        ok=bool(answer.get("ok")),
        seconds=float(answer.get("seconds", 0.0)),
        error=last_line(error),
        traceback=error,
        operation=operation,
        generation=generation,
    )
    row = HookResult.objects.get(id_fold=fold_id(module_id), hook=hook[:64])
    if answer.get("ok"):
        row.answer, row.priority = answer.get("value"), int(answer.get("priority", 10000))
    elif row.answered_generation != generation:
        row.answer = None
    row.answered_generation = generation
    row.save(update_fields=["answer", "priority", "answered_generation"])


def expire_answers(*, module_id: str, hooks: Iterable[str] | None = None) -> None:
    """Forget what the hooks answered, so that the operator asks them again."""
    rows = HookResult.objects.filter(id_fold=fold_id(module_id))
    if hooks is not None:
        rows = rows.filter(hook__in=list(hooks))
    rows.update(answered_generation="")


def last_line(traceback: str) -> str:
    """Return the line of a traceback that says what was raised."""
    lines = traceback.strip().splitlines()
    return lines[-1] if lines else ""


def forget_hook_results(*, module_id: str) -> None:
    """Delete the results of a module; call it in the transaction that deletes the module."""
    HookResult.objects.filter(id_fold=fold_id(module_id)).delete()
