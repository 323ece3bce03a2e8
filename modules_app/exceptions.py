"""Errors a person can act on. This file imports nothing of ours, so every layer may use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without translating it: pure layers know no language."""
    return message


CAUSES = "causes"
"""Where a context keeps the sentences of those placeholders that are sentences of ours, too."""


class ModuleError(Exception):
    """Something went wrong that a person must understand.

    ``slug`` is stable and kebab-case, ``message`` and ``hint`` are English sentences with
    ``{placeholders}`` filled from ``context``; pages translate the sentence first, then fill it.
    """

    exit_code = 1
    http_status = 422
    is_audited = False

    def __init__(
        self,
        slug: str,
        message: str,
        *,
        context: Mapping[str, Any] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(slug, message)
        self.slug = slug
        self.message = message
        self.context = dict(context or {})
        self.hint = hint

    def __str__(self) -> str:
        return fill(self.message, self.context)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored and sent: slug, message, context, hint (sentences unfilled)."""
        return {
            "slug": self.slug,
            "message": self.message,
            "context": self.context,
            "hint": self.hint,
        }


class Refused(ModuleError):
    """The package, a policy, a right or a licence says no. Nothing has changed."""

    exit_code = 4


class NotAllowed(Refused):
    """The actor lacks the permission for this verb."""

    http_status = 403


class NotFound(Refused):
    """There is no such module, operation or package."""

    http_status = 404


class Busy(ModuleError):
    """Another operation on the same module is open; ``context["operation"]`` is its id."""

    exit_code = 5
    http_status = 409


def caused_by(error: ModuleError, name: str = "reason") -> dict[str, Any]:
    """Return the context of a sentence in which ``{name}`` says another error.

    The placeholder holds its English text; sentence and context stand under `CAUSES`, so that
    whoever shows it can translate it as well.
    """
    said = {"message": error.message, "context": error.context}
    return {name: str(error), CAUSES: {name: said}}


def fill(sentence: str, context: Mapping[str, Any]) -> str:
    """Fill ``{placeholders}``; one that is missing stays visible instead of raising."""
    try:
        return sentence.format_map(_Visible(context))
    except (ValueError, IndexError, AttributeError, TypeError):
        return sentence


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
