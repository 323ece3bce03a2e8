"""Answers that will be stored, given by the host: faster than a child, and with the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.host.asking import ask
from modules_app.host.keyed import ask_keyed
from modules_app.host.loader import LoadedModule

ANOTHER = "another version is loaded"


def stored_answer(loaded: LoadedModule, asked: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Return one hook's answer as the "value"; not "ok" when the host has another version.

    ``asked`` names "generation", "epoch" and "hook", and has its "questions" if it is keyed.
    """
    versions = (loaded.module.generation, loaded.module.epoch)
    if versions != (asked.get("generation"), asked.get("epoch")):
        return {"ok": False, "error": ANOTHER}
    hook, questions = str(asked["hook"]), asked.get("questions")
    if questions is None:
        answer = ask(loaded.conf, loaded.facts, hook, {}, seconds=seconds)
    else:
        answer = ask_keyed(loaded.conf, loaded.facts, hook, questions, seconds=seconds)
    late = "HookTimeout" in str(answer.get("error"))
    return {"ok": not late, "value": answer, "error": ""}
