"""Asking modules for their first-run steps, and leaving one out (reference F1.3, oobe).

A step blocks nobody: one that fails, or names a method that is not there, is shown or complete.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from modules_app import audit
from modules_app.bridge.hooks import HookAnswer, Question, ask_module, newest_socket
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import FirstRun
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.first_run import Step, first_run_steps
from modules_app.selectors.modules import find_module
from modules_app.selectors.registry import data_dir
from modules_app.services.hook_results import last_line

HOOK = "first_run"
PER_STEP = 0.3
PER_PAGE = 1.0


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that remains: what the module said of it, or why it could not be asked."""

    module_id: str
    title: str
    said: str = ""
    problem: str = ""

    @property
    def url(self) -> str:
        """Return the address of the module's first page, where people do the step."""
        return f"/m/{self.module_id}/"


def open_steps(language: str = "en", *, module_id: str = "") -> list[OpenStep]:
    """Ask the modules whose step is not complete, and return those that remain, in order.

    What is complete is stored and never asked again. A second for all of them; who gets none of it
    waits for the next page.
    """
    steps = [step for step in first_run_steps(language, module_id=module_id) if step.is_open]
    socket = newest_socket(data_dir().run) if steps else None
    deadline = time.monotonic() + PER_PAGE
    found = []
    for step in steps:
        limit = min(PER_STEP, deadline - time.monotonic())
        if socket is None or limit <= 0:
            answer = HookAnswer(step.module_id, error="-", reached=False)
        else:
            question = Question(HOOK, {}, language or settings.LANGUAGE_CODE)
            answer = ask_module(socket, step.module_id, question, seconds=limit)
        if (left := _take(step, answer)) is not None:
            found.append(left)
    return found


def leave_out(*, actor: Actor, module_id: str) -> None:
    """Mark a module's step complete because a person says so. Raises ``NotFound``."""
    require(actor, Right.OPERATE)
    module = find_module(module_id)
    steps = [step for step in first_run_steps(module_id=module.id) if step.is_open]
    if not steps:
        raise NotFound(
            "first-run-step-unknown",
            _("“{id}” has no first step that is open."),
            context={"id": module.id},
        )
    _complete(steps[0], {"message": _("Left out."), "context": {}}, actor.name[:150])
    audit.record(actor=actor, action="first-run-skip", target=module.id, outcome="done", detail={})


def _take(step: Step, answer: HookAnswer) -> OpenStep | None:
    """Store an answer that completes the step; return the step if it remains."""
    value: Mapping[str, Any] = answer.value if isinstance(answer.value, Mapping) else {}
    state = value.get("state") if answer.ok else ""
    if state == "done":
        _complete(step, None)
        return None
    if state == "missing":
        note = _("module.py has no method {method}; the step counts as complete.")
        _complete(step, {"message": note, "context": {"method": step.method}})
        return None
    problem = "" if answer.ok else last_line(answer.error)[:300] or "?"
    return OpenStep(step.module_id, step.title, str(value.get("said") or ""), problem)


def _complete(step: Step, note: Mapping[str, Any] | None, actor: str = "") -> None:
    FirstRun.objects.update_or_create(
        module_id=step.module_id,
        defaults={
            "method": step.method[:100],
            "complete": True,
            "note": note,
            "actor": actor,
            "at": timezone.now(),
        },
    )
