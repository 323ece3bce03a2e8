"""The questions of hooks that are asked once for each phone, provider or route (reference M6.2)."""

from __future__ import annotations

from collections.abc import Collection

from modules_app.hooks.questions import Questions
from telephony_app.generators.questions import questions
from telephony_app.selectors.snapshot import read_snapshot


def keyed_questions(wanted: Collection[str]) -> Questions:
    """Return what modules are asked about the records as they are now, by hook and key."""
    return questions(read_snapshot(), wanted)
