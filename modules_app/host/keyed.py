"""Asking a loaded module for the answers of a hook that is asked once for each record (M6.2)."""

from __future__ import annotations

import copy
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.hooks.dispatch import priority_of
from modules_app.hooks.keyed import LONGEST_TOGETHER, MOST_FAILURES, kept_value, size_of
from modules_app.hooks.questions import Arguments
from modules_app.hooks.specs import find_hook
from modules_app.host.asking import ask
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts

NO_TIME = "no time was left"
TOO_MANY = "not asked, because too many others failed"
TOO_LONG = f"the answers have together more than {LONGEST_TOGETHER} characters"


@dataclass
class _Asking:
    """What came of the questions so far."""

    priority: int
    values: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0
    failures: int = 0
    size: int = 0

    def refuse(self, key: str, why: str) -> None:
        """Note that there is no answer for ``key``; the first traceback is kept as a whole."""
        self.error = self.error or f"{why.rstrip()} (asked about {key!r})"
        lines = why.strip().splitlines()
        self.failed[key] = lines[-1] if lines else ""
        self.failures += 1


def ask_keyed(
    conf: ConfigClass,
    facts: ModuleFacts,
    hook: str,
    questions: Mapping[str, Arguments],
    *,
    seconds: float,
) -> dict[str, Any]:
    """Ask about each key within ``seconds`` for all; raises nothing.

    "ok", "values" (by key, empty ones left out), "failed" (reasons by key), "error" (the first
    traceback), "seconds", "priority". After too many failures the others are not asked.
    """
    asking = _Asking(priority=priority_of(conf, hook))
    ends_at = time.monotonic() + seconds
    for key, arguments in questions.items():
        left = ends_at - time.monotonic()
        if asking.failures >= MOST_FAILURES or left <= 0:
            asking.refuse(key, NO_TIME if left <= 0 else TOO_MANY)
        else:
            _ask_one(asking, conf, facts, hook, key, arguments, left)
    return {
        "ok": not asking.failed,
        "values": asking.values,
        "failed": asking.failed,
        "error": asking.error,
        "seconds": asking.seconds,
        "priority": asking.priority,
    }


def _ask_one(
    asking: _Asking,
    conf: ConfigClass,
    facts: ModuleFacts,
    hook: str,
    key: str,
    arguments: Arguments,
    seconds: float,
) -> None:
    # The module may change what it is given; what it changed is found by comparing.
    answer = ask(conf, facts, hook, copy.deepcopy(dict(arguments)), seconds=seconds)
    asking.seconds += answer["seconds"]
    if not answer["ok"]:
        asking.refuse(key, answer["error"])
        return
    try:
        value = kept_value(find_hook(hook), arguments, answer["value"])
    except TypeError:
        asking.refuse(key, traceback.format_exc())
        return
    asking.size += size_of(value)
    if asking.size > LONGEST_TOGETHER:
        asking.refuse(key, TOO_LONG)
    elif value is not None:
        asking.values[key] = value
