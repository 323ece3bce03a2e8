"""Asking modules for what the surfaces are made of, and storing the answers as rows (M6.1)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN
from modules_app.hooks.keyed import KEYED
from modules_app.models import Module, Operation
from modules_app.operator.asking_child import ask_child
from modules_app.operator.asking_host import ask_host
from modules_app.operator.tools import Tools
from modules_app.operator.web_answers import take_answers
from modules_app.selectors.answers import unanswered
from modules_app.selectors.questions import Open, all_questions, open_questions
from modules_app.services.hook_results import record_answers
from modules_app.services.keyed_results import forget_unused_questions, record_keyed

log = logging.getLogger("pbxadmin.operator")


def collect_missing(
    tools: Tools, *, module_id: str = "", operation: Operation | None = None
) -> list[str]:
    """Ask every module in use for answers that are missing; return the modules that were asked.

    Of keyed hooks only those questions are asked whose arguments changed.
    """
    return _collect_missing(tools, module_id, operation, frozenset())


def collect_idle(tools: Tools) -> list[str]:
    """Ask for what is missing of modules that no operation works on; return them."""
    busy = set(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", flat=True))
    return _collect_missing(tools, "", None, busy)


def _collect_missing(
    tools: Tools, module_id: str, operation: Operation | None, busy: Collection[str]
) -> list[str]:
    asked = []
    hooks, questions = unanswered(module_id), _open_questions(module_id)
    free = [pk for pk in dict.fromkeys([*hooks, *questions]) if fold_id(pk) not in busy]
    for module in Module.objects.filter(pk__in=free).order_by("pk"):
        wanted = questions.get(module.pk, {})
        once = hooks.get(module.pk, ())
        collect(tools, module, [*once, *wanted], keyed=wanted, operation=operation)
        asked.append(module.pk)
    if questions:
        forget_unused_questions()
    return asked


def _open_questions(module_id: str) -> dict[str, dict[str, Open]]:
    try:
        return open_questions(module_id)
    except Exception:  # the boundary: records that cannot be read stop no other surface
        log.exception("what modules must be asked about records is not known")
        return {}


def collect(
    tools: Tools,
    module: Module,
    hooks: Sequence[str],
    *,
    keyed: Mapping[str, Open] | None = None,
    operation: Operation | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Ask one module and store its answers; what goes wrong becomes a row, too.

    ``keyed`` names the questions of keyed hooks; without it all of them are asked.
    """
    if keyed is None:
        keyed = all_questions([hook for hook in hooks if hook in KEYED])
    once = [hook for hook in hooks if hook not in KEYED]
    answers = _ask(tools, module, once, keyed, should_stop)
    with transaction.atomic():
        if Module.objects.filter(pk=module.pk, generation=module.generation).exists():
            record_answers(
                module_id=module.pk,
                generation=module.generation,
                answers={hook: answers.get(hook) or {} for hook in once},
                operation=operation,
            )
            for hook, asked in keyed.items():
                record_keyed(
                    module=module,
                    hook=hook,
                    asked=asked,
                    answer=answers.get(hook) or {},
                    operation=operation,
                )
            take_answers(module, once)


def _ask(
    tools: Tools,
    module: Module,
    hooks: Sequence[str],
    keyed: Mapping[str, Open],
    should_stop: Callable[[], bool],
) -> dict[str, dict[str, Any]]:
    """Ask in the host what it can answer, and all else in one child."""
    questions = {hook: one.questions for hook, one in keyed.items()}
    answers = ask_host(tools, module, [*hooks, *questions], questions)
    left = [hook for hook in (*hooks, *questions) if hook not in answers]
    if not left:
        return answers
    return answers | ask_child(tools, module, left, questions, should_stop)
