"""Asking a module for answers that will be stored, in a child of the operator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from modules_app.models import Module
from modules_app.operator.asking import payload_for
from modules_app.operator.asking_host import together
from modules_app.operator.tools import ChildFailed, Tools
from modules_app.selectors.menu import menu_groups

log = logging.getLogger("pbxadmin.operator")

MOST_AT_ONCE = 5_000
"""Questions of keyed hooks that one child is asked, whose time is limited."""

Questions = Mapping[str, Mapping[str, Any]]


def ask_child(
    tools: Tools,
    module: Module,
    hooks: Sequence[str],
    questions: Questions,
    should_stop: Callable[[], bool],
) -> dict[str, dict[str, Any]]:
    """Return an answer for each of ``hooks``; what went wrong is its "error". Raises nothing."""
    answers: dict[str, dict[str, Any]] = {}
    for part in _parts(hooks, questions):
        found = _ask(tools, module, part, should_stop)
        for hook, answer in found.items():
            answers[hook] = together(answers.get(hook), answer) if hook in questions else answer
    return answers


def _ask(
    tools: Tools, module: Module, part: Mapping[str, Any], should_stop: Callable[[], bool]
) -> dict[str, dict[str, Any]]:
    keyed = {hook: asked for hook, asked in part.items() if asked is not None}
    payload = payload_for(
        tools, module, "collect", hooks=list(part), questions=keyed, menu=menu_groups()
    )
    try:
        answer = tools.run_child(payload, stage="hook", should_stop=should_stop)
    except ChildFailed as error:
        log.warning("%s did not answer: %s", module.pk, error)
        details = str(error.context.get("details", "")) or str(error)
        return {hook: _failure(asked, f"{details}\n{error}") for hook, asked in part.items()}
    found: dict[str, dict[str, Any]] = answer.get("answers", {})
    why = str(answer.get("error", "")) or "The module gave no answer."
    return {hook: found.get(hook) or _failure(asked, why) for hook, asked in part.items()}


def _failure(asked: Mapping[str, Any] | None, why: str) -> dict[str, Any]:
    return {"ok": False, "error": why, "failed": dict.fromkeys(asked or (), why)}


def _parts(hooks: Sequence[str], questions: Questions) -> Iterator[dict[str, Any]]:
    """Yield what each child is asked: hooks with their questions, None for those without keys."""
    part: dict[str, Any] = {hook: None for hook in hooks if hook not in questions}
    room = MOST_AT_ONCE
    for hook in (one for one in hooks if one in questions):
        items = list(questions[hook].items())
        part[hook] = {}
        while items:
            now, items = items[:room], items[room:]
            part[hook] = dict(now)
            room -= len(now)
            if room == 0:
                yield part
                part, room = {}, MOST_AT_ONCE
                if items:
                    part[hook] = {}
    if part:
        yield part
