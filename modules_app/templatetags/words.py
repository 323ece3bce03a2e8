"""Codes inside sentences in the reader's language: verbs, states, outcomes and rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext

from modules_app.exceptions import CAUSES, fill

_DEEPEST = 5
"""What is stored may come from elsewhere: causes of causes end here."""


def with_causes(context: Mapping[str, Any], deepest: int = _DEEPEST) -> dict[str, Any]:
    """Return the values of a sentence's placeholders; causes that we said are translated.

    See `modules_app.exceptions.caused_by`. What others said stays as it is.
    """
    causes = context.get(CAUSES)
    if not isinstance(causes, Mapping) or not deepest:
        return dict(context)
    said = {name: _cause(one, deepest - 1) for name, one in causes.items() if name in context}
    return {**context, **{name: text for name, text in said.items() if text}}


def _cause(said: Any, deepest: int) -> str:
    """Return one cause in the reader's language, "" for what is none."""
    if not isinstance(said, Mapping) or not said.get("message"):
        return ""
    inner = said.get("context")
    values = with_causes(inner, deepest) if isinstance(inner, Mapping) else {}
    return fill(gettext(str(said["message"])), values)


def in_words(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same with codes put into words: verbs, states, outcomes and rights."""
    context = with_causes(context)
    words = {"verb": _verbs, "state": _states, "outcome": _outcomes, "right": _rights}
    return {
        name: words[name]().get(value, value) if name in words else value
        for name, value in context.items()
    }


def _verbs() -> dict[str, str]:
    return {
        "install": pgettext("verb in a sentence", "install"),
        "upgrade": pgettext("verb in a sentence", "upgrade"),
        "enable": pgettext("verb in a sentence", "enable"),
        "disable": pgettext("verb in a sentence", "disable"),
        "remove": pgettext("verb in a sentence", "remove"),
        "rollback": pgettext("verb in a sentence", "return to the version before"),
        "repair": pgettext("verb in a sentence", "repair"),
        "purge": pgettext("verb in a sentence", "delete left-over data"),
        "import": pgettext("verb in a sentence", "import data"),
        "export": pgettext("verb in a sentence", "export data"),
    }


def _states() -> dict[str, str]:
    return {
        "working": pgettext("state in a sentence", "working"),
        "enabled": pgettext("state in a sentence", "enabled"),
        "disabled": pgettext("state in a sentence", "disabled"),
        "paused": pgettext("state in a sentence", "paused"),
        "incompatible": pgettext("state in a sentence", "incompatible"),
        "broken": pgettext("state in a sentence", "broken"),
        "needs-attention": pgettext("state in a sentence", "needing attention"),
    }


def _outcomes() -> dict[str, str]:
    return {
        "queued": pgettext("outcome in a sentence", "waiting"),
        "running": pgettext("outcome in a sentence", "running"),
        "done": pgettext("outcome in a sentence", "done"),
        "failed": pgettext("outcome in a sentence", "failed"),
        "refused": pgettext("outcome in a sentence", "refused"),
        "cancelled": pgettext("outcome in a sentence", "cancelled"),
        "aborted": pgettext("outcome in a sentence", "interrupted"),
    }


def _rights() -> dict[str, str]:
    return {
        "view": pgettext("right", "view"),
        "operate": pgettext("right", "operate"),
        "install": pgettext("right", "install"),
        "remove": pgettext("right", "remove"),
    }
