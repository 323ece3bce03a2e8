"""Writing down what keyed hooks answered: one row per module and hook, one entry per record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from modules_app.domain.ids import fold_id
from modules_app.hooks.asked import Asked
from modules_app.hooks.keyed import LONGEST_TOGETHER, size_of
from modules_app.models import AskedQuestions, HookResult, Module, Operation
from modules_app.selectors.questions import Open, read_asked
from modules_app.services.hook_results import ERROR_CHARACTERS, TRACEBACK_CHARACTERS, last_line

TOO_LONG = "The answers have together more than {most} characters; {count} are left out."


def record_keyed(
    *,
    module: Module,
    hook: str,
    asked: Open,
    answer: Mapping[str, Any],
    operation: Operation | None = None,
) -> None:
    """Store the answers to the questions of ``asked`` (see `modules_app.host.keyed.ask_keyed`).

    What was not asked stays as it is, what is about a record that is gone goes. After a failure
    the last good answer of the same version goes on counting, and the question is asked again when
    its arguments change or the module wishes so. Call it in a transaction.
    """
    row = HookResult.objects.filter(id_fold=fold_id(module.pk), hook=hook).first()
    row = row or HookResult(id_fold=fold_id(module.pk), hook=hook, at=timezone.now())
    same = row.answered_generation == module.generation and isinstance(row.answer, dict)
    before = row.answer if same else {}
    known = row.asked_with if row.answered_generation == module.generation else ""
    values, digests = answer.get("values") or {}, asked.asked.digests
    good = set(asked.questions) - set(answer.get("failed") or {})
    kept = {key: value for key, value in before.items() if key in digests and key not in good}
    merged, lost = _fitting({**kept, **{key: values[key] for key in good if key in values}})
    error = str(answer.get("error") or "")
    if lost:
        error = TOO_LONG.format(most=LONGEST_TOGETHER, count=lost) + f"\n{error}".rstrip()
    _store(row, module, answer, error, operation)
    row.answer = merged
    row.asked_with = _keep(_asked_now(asked, known))
    row.answered_generation = module.generation
    row.save()


def forget_unused_questions() -> None:
    """Delete what no hook of any module was asked last."""
    used = HookResult.objects.exclude(asked_with="").values("asked_with")
    AskedQuestions.objects.exclude(name__in=used).delete()


def _asked_now(asked: Open, before: str) -> Asked:
    """Return what the module has been asked by now; what was neither asked nor known stays open."""
    if asked.before == before or len(asked.questions) == len(asked.asked.digests):
        return asked.asked
    known = read_asked(before).digests
    digests = {
        key: one if key in asked.questions else known[key]
        for key, one in asked.asked.digests.items()
        if key in asked.questions or key in known
    }
    return Asked(digests)


def _keep(asked: Asked) -> str:
    if asked.name and not AskedQuestions.objects.filter(name=asked.name).exists():
        AskedQuestions(name=asked.name, digests=asked.text).save(force_insert=True)
    return asked.name


def _fitting(answers: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the answers that may be stored together, and how many may not."""
    size, fitting = 0, {}
    for key in sorted(answers):
        size += len(key) + size_of(answers[key])
        if size <= LONGEST_TOGETHER:
            fitting[key] = answers[key]
    return fitting, len(answers) - len(fitting)


def _store(
    row: HookResult,
    module: Module,
    answer: Mapping[str, Any],
    error: str,
    operation: Operation | None,
) -> None:
    row.module_id, row.generation, row.operation = module.pk, module.generation, operation
    row.at, row.seconds = timezone.now(), max(float(answer.get("seconds", 0.0)), 0.0)
    row.priority = int(answer.get("priority", row.priority))
    row.ok = bool(answer.get("ok")) and not error
    if not row.ok:
        row.failed_at = row.at
        row.error = last_line(error)[:ERROR_CHARACTERS]
        row.traceback = error[-TRACEBACK_CHARACTERS:]
