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
    values = _values(
        module_id=module_id,
        ok=ok,
        seconds=seconds,
        error=error,
        traceback=traceback,
        operation=operation,
        generation=generation,
    )
    HookResult.objects.update_or_create(id_fold=fold_id(module_id), hook=hook[:64], defaults=values)


def record_answers(
    *,
    module_id: str,
    generation: str,
    answers: Mapping[str, Mapping[str, Any]],
    operation: Operation | None = None,
) -> None:
    """Store what collected hooks answered, by name (see `modules_app.host.asking.ask`).

    After a failure the last good answer of the same generation goes on counting, so that a
    database that was locked for a moment takes no line out of a file. Two queries, however many
    hooks; call it in a transaction.
    """
    id_fold = fold_id(module_id)
    short = {hook[:64]: answer for hook, answer in answers.items()}
    known = {row.hook: row for row in HookResult.objects.filter(id_fold=id_fold, hook__in=short)}
    rows = []
    for hook, answer in short.items():
        row = known.get(hook) or HookResult(id_fold=id_fold, hook=hook)
        row.pk = None  # the name of the hook tells which row it is
        error = str(answer.get("error", ""))
        values = _values(
            module_id=module_id,
            ok=bool(answer.get("ok")),
            seconds=float(answer.get("seconds", 0.0)),
            error=last_line(error),
            traceback=error,
            operation=operation,
            generation=generation,
        )
        for name, value in values.items():
            setattr(row, name, value)
        if answer.get("ok"):
            row.answer, row.priority = answer.get("value"), int(answer.get("priority", 10000))
        elif row.answered_generation != generation:
            row.answer = None
        row.answered_generation = generation
        rows.append(row)
    if rows:
        HookResult.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id_fold", "hook"], update_fields=_STORED
        )


_STORED = [
    *("module_id", "at", "seconds", "ok", "operation", "generation", "failed_at", "error"),
    *("traceback", "answer", "priority", "answered_generation"),
]


def _values(
    *,
    module_id: str,
    ok: bool,
    seconds: float,
    error: str,
    traceback: str,
    operation: Operation | None,
    generation: str,
) -> dict[str, Any]:
    """Return the columns that a run changes; a good one leaves the last failure as it is."""
    now = timezone.now()
    values: dict[str, Any] = {
        "module_id": module_id,
        "at": now,
        "seconds": max(seconds, 0.0),
        "ok": ok,
        "operation": operation,
        "generation": generation,
    }
    if ok:
        return values
    return values | {
        "failed_at": now,
        "error": error[:ERROR_CHARACTERS],
        "traceback": traceback[-TRACEBACK_CHARACTERS:],
    }


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
