"""Codes inside sentences in the reader's language: verbs, states, outcomes and rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext


def in_words(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence's placeholders with their codes put into words."""
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
