"""Asking a module in the host that runs already, which is faster than a process of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from modules_app.bridge.hooks import Question, ask_module, newest_socket
from modules_app.bridge.names import COLLECT
from modules_app.hooks.spec import Interface
from modules_app.hooks.specs import HOOKS
from modules_app.models import Module
from modules_app.operator.tools import Tools
from modules_app.selectors.settings import all_settings

SECONDS = 3.0
"""How long the host may take for one module; what it did not answer is asked in a child."""

MOST_AT_ONCE = 400
"""Questions in one call, so that it stays small enough for the socket."""

ASKED_THERE = frozenset(spec.name for spec in HOOKS if spec.interface is Interface.ASTERISK)
"""The hooks that need nothing but their arguments."""

Questions = Mapping[str, Mapping[str, Any]]


def ask_host(
    tools: Tools, module: Module, hooks: Sequence[str], questions: Questions
) -> dict[str, dict[str, Any]]:
    """Return what the host answered for these hooks; one that is missing must be asked elsewhere.

    The host answers only when it has loaded the same version of the module and of its data.
    """
    socket = newest_socket(tools.data_dir.run)
    if socket is None:
        return {}
    language = all_settings().get("WebAdminLanguage", "en")
    answers: dict[str, dict[str, Any]] = {}
    ends_at = time.monotonic() + SECONDS
    for hook in hooks:
        for part in _parts(questions.get(hook)) if hook in ASKED_THERE else ():
            left = ends_at - time.monotonic()
            if left <= 0:
                return _without(answers, hook)
            arguments = {
                "generation": module.generation,
                "epoch": module.epoch,
                "hook": hook,
                "questions": part,
            }
            found = ask_module(
                socket, module.pk, Question(COLLECT, arguments, language), seconds=left
            )
            if not found.ok or not isinstance(found.value, dict):
                return _without(answers, hook)
            answers[hook] = together(answers.get(hook), found.value)
    return answers


def together(first: dict[str, Any] | None, second: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to two parts of a hook's questions as one."""
    if not first:
        return dict(second)
    return {
        **second,
        "ok": first["ok"] and second["ok"],
        "values": {**first.get("values", {}), **second.get("values", {})},
        "failed": {**first.get("failed", {}), **second.get("failed", {})},
        "error": first.get("error") or second.get("error", ""),
        "seconds": first.get("seconds", 0.0) + second.get("seconds", 0.0),
    }


def _parts(questions: Mapping[str, Any] | None) -> list[dict[str, Any] | None]:
    """Return the questions in portions; one None for a hook without arguments."""
    if questions is None:
        return [None]
    items = list(questions.items())
    starts = range(0, len(items), MOST_AT_ONCE)
    return [dict(items[start : start + MOST_AT_ONCE]) for start in starts] or [{}]


def _without(answers: dict[str, dict[str, Any]], hook: str) -> dict[str, dict[str, Any]]:
    return {name: answer for name, answer in answers.items() if name != hook}
