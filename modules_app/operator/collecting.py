"""Asking modules for what the surfaces are made of, and storing the answers as rows (M6.1)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN
from modules_app.models import Module, Operation
from modules_app.operator.asking import payload_for
from modules_app.operator.tools import ChildFailed, Tools
from modules_app.operator.web_answers import take_answers
from modules_app.selectors.answers import unanswered
from modules_app.selectors.menu import menu_groups
from modules_app.services.hook_results import record_answers

log = logging.getLogger("pbxadmin.operator")


def collect_missing(
    tools: Tools, *, module_id: str = "", operation: Operation | None = None
) -> list[str]:
    """Ask every module in use for answers that are missing; return the modules that were asked."""
    asked = []
    for pk, hooks in unanswered(module_id).items():
        module = Module.objects.filter(pk=pk).first()
        if module is not None:
            collect(tools, module, hooks, operation=operation)
            asked.append(pk)
    return asked


def collect_idle(tools: Tools) -> list[str]:
    """Ask for what is missing of modules that no operation works on; return them."""
    busy = set(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", flat=True))
    asked = []
    for pk in unanswered():
        if fold_id(pk) not in busy:
            asked += collect_missing(tools, module_id=pk)
    return asked


def collect(
    tools: Tools,
    module: Module,
    hooks: Sequence[str],
    *,
    operation: Operation | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Ask one module, in one child, and store its answers; what goes wrong becomes a row, too."""
    answers = _ask(tools, module, hooks, should_stop)
    with transaction.atomic():
        if Module.objects.filter(pk=module.pk, generation=module.generation).exists():
            record_answers(
                module_id=module.pk,
                generation=module.generation,
                answers={hook: answers.get(hook) or {} for hook in hooks},
                operation=operation,
            )
            take_answers(module, hooks)


def _ask(
    tools: Tools, module: Module, hooks: Sequence[str], should_stop: Callable[[], bool]
) -> dict[str, dict[str, Any]]:
    payload = payload_for(tools, module, "collect", hooks=list(hooks), menu=menu_groups())
    try:
        answer = tools.run_child(payload, stage="hook", should_stop=should_stop)
    except ChildFailed as error:
        log.warning("%s did not answer: %s", module.pk, error)
        details = str(error.context.get("details", "")) or str(error)
        return dict.fromkeys(hooks, {"ok": False, "error": f"{details}\n{error}"})
    found: dict[str, dict[str, Any]] = answer.get("answers", {})
    why = str(answer.get("error", "")) or "The module gave no answer."
    return {hook: found.get(hook) or {"ok": False, "error": why} for hook in hooks}
