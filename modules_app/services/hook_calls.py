"""Asking enabled modules something at the moment when it is needed (design 3).

Every call has a limit: per module, for all of them, and a module that let three calls in a row
run out of time is left alone for a minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import get_language

from modules_app.bridge.hooks import HookAnswer, Question, ask_module, newest_socket
from modules_app.bridge.statement import sign
from modules_app.models import Module
from modules_app.selectors.answers import implementers
from modules_app.selectors.registry import data_dir
from modules_app.services.hook_results import last_line, record_hook_result

PER_MODULE = 0.3
PER_PAGE = 1.0
TIME_OUTS = 3
LEFT_ALONE = 60.0
NOTE_SECONDS = 60.0


@dataclass
class Breaker:
    """Leaves a module alone after `TIME_OUTS` time-outs in a row; one per process."""

    _late: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_open(self, module_id: str) -> bool:
        """Tell whether the module is left alone now."""
        return self._until.get(module_id, 0.0) > time.monotonic()

    def lateness(self, module_id: str) -> int:
        """Return how often in a row it was late: whoever was comes after all others."""
        return self._late.get(module_id, 0)

    def note(self, answer: HookAnswer) -> None:
        """Count an answer, or that there was none."""
        with self._lock:
            late = self._late.get(answer.module_id, 0) + 1 if answer.timed_out else 0
            self._late[answer.module_id] = late
            if late >= TIME_OUTS:
                self._until[answer.module_id] = time.monotonic() + LEFT_ALONE
                self._late[answer.module_id] = 0

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._late.clear()
            self._until.clear()


breaker = Breaker()
_noted: dict[tuple[str, str], tuple[float, str]] = {}


def ask_modules(
    hook: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    modules: Sequence[str] | None = None,
    statement: Mapping[str, Any] | None = None,
    language: str = "",
    seconds: float = PER_MODULE,
    total_seconds: float = PER_PAGE,
) -> list[HookAnswer]:
    """Ask every module in use that has ``hook``, or those of ``modules``, in their order.

    Answers come by priority, then id. ``arguments`` are JSON values; ``statement`` tells the
    module who reads the page (see `modules_app.bridge.statement`). ``seconds`` is the limit for
    each module. Nothing is asked, and no row read but one, when no module has the hook.
    """
    ids = [one for one in implementers(hook) if modules is None or one in modules]
    ids.sort(key=breaker.lateness)
    socket = newest_socket(data_dir().run) if ids else None
    if socket is None:
        return []
    question = Question(
        hook,
        arguments or {},
        language or get_language() or settings.LANGUAGE_CODE,
        sign(statement, settings.PBX_STATEMENT_KEY) if statement else "",
    )
    deadline = time.monotonic() + total_seconds
    answers = []
    for module_id in ids:
        limit = min(seconds, deadline - time.monotonic())
        if breaker.is_open(module_id):
            answers.append(HookAnswer(module_id, error="left alone after time-outs", reached=False))
        elif limit <= 0:
            answers.append(HookAnswer(module_id, error="no time was left", reached=False))
        else:
            answers.append(ask_module(socket, module_id, question, seconds=limit))
            breaker.note(answers[-1])
    _note_all(hook, answers)
    return sorted(answers, key=lambda answer: (answer.priority, answer.module_id))


def first_answer(answers: Sequence[HookAnswer]) -> HookAnswer | None:
    """Return the first answer that is not empty; an error is none."""
    return next((answer for answer in answers if answer.ok and answer.value), None)


def _note_all(hook: str, answers: Sequence[HookAnswer]) -> None:
    """Record errors that are new, and anything else at most once a minute."""
    due = [answer for answer in answers if answer.reached and _is_due(hook, answer)]
    if not due:
        return
    try:
        ids = [answer.module_id for answer in due]
        generations = dict(Module.objects.filter(pk__in=ids).values_list("id", "generation"))
        for answer in due:
            if answer.module_id in generations:
                _note(hook, answer, generations[answer.module_id])
    except DatabaseError:  # a full disk must not take the page down that shows it
        return


def _is_due(hook: str, answer: HookAnswer) -> bool:
    now, said = time.monotonic(), last_line(answer.error)
    at, before = _noted.get((answer.module_id, hook), (float("-inf"), ""))
    if said == before and now - at < NOTE_SECONDS:
        return False
    _noted[answer.module_id, hook] = (now, said)
    return True


def _note(hook: str, answer: HookAnswer, generation: str) -> None:
    record_hook_result(
        module_id=answer.module_id,
        hook=hook,
        ok=answer.ok,
        seconds=answer.seconds,
        error=last_line(answer.error),
        traceback=answer.error,
        generation=generation,
    )
