"""How a worker can end, as sentences that a page translates and fills."""

from __future__ import annotations

import signal
from typing import Any

from modules_app.domain.workers import NOT_WANTED
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _

Said = dict[str, Any]
"""A sentence in English as "message", with what fills it as "context"."""

NOT_STARTED = _("It could not be started: {error}")
LATE = _("It did not begin within {seconds} seconds.")
LONG_JOB = _("A job took longer than it may.")
NO_BEAT = _("It gave no sign of life for {seconds} seconds.")
NO_PONG = _("It did not answer a ping within {seconds} seconds.")
_FOREIGN = "{error}"
_KILLED = _("It was ended by {signal}.")
_STATUS = _("It ended with status {status}.")
_BY_ITSELF = _("It ended by itself.")
_CHANGING = _("The module was being changed.")


def said(message: str, **context: Any) -> Said:
    """Return a sentence; whole numbers lose their fraction."""
    values = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in context.items()
    }
    return {"message": message, "context": values}


RESTART = said(_("It was asked to start anew."))
MEMORY = said(_("It held too much memory."))
LOST = said(_("The process around it was ended from outside."))
REPLACED = said(_("Another version took its place."))
NOT_WANTED_ANY_MORE = said(_("The module does not ask for it any more."))
ENDS = said(_("The server was stopped."))


def how(status: int, crash: str) -> Said:
    """Return how a process ended that nobody asked to; ``crash`` is what it said itself."""
    if crash:
        return said(_FOREIGN, error=crash)
    if status < 0:
        return said(_KILLED, signal=signal.Signals(-status).name)
    if status == NOT_WANTED:
        return said(_CHANGING)
    return said(_STATUS, status=status) if status else said(_BY_ITSELF)


def in_english(sentence: Said) -> str:
    """Return the sentence for logs."""
    return fill(sentence["message"], sentence["context"])
