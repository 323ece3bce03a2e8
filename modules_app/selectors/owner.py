"""Whether the process that runs an operation is still there (reference U2.3 rule 2)."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.packages.errors import StorageFailed
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import data_dir


class Owner(StrEnum):
    """Who stands behind an open operation."""

    AT_WORK = "at-work"
    GONE = "gone"
    REPLACED = "replaced"


QUIET_SENTENCES: dict[tuple[bool, Owner], str] = {
    (True, Owner.AT_WORK): _("It may still be at work; the record decides, not this page."),
    (True, Owner.GONE): _(
        "The process that ran it has ended. The next operator process puts everything back, or "
        "leads it to its end if it had switched over already."
    ),
    (True, Owner.REPLACED): _(
        "The process that ran it has ended. Another one is putting things in order."
    ),
    (False, Owner.AT_WORK): _("The operator process has others to finish first."),
    (False, Owner.GONE): _("No operator process runs; it begins as soon as one is started."),
    (False, Owner.REPLACED): _("The operator process has others to finish first."),
}
"""What is said of an open operation without news: has it begun, and who stands behind it."""


def owner_of(operation: Operation) -> Owner:
    """Return who stands behind an open operation; a lock that cannot be read proves nothing.

    The lock dies with its holder, and its file is written when a process takes it: one that was
    taken after the operation had begun belongs to somebody else.
    """
    path = data_dir().run / "operator.lock"
    try:
        if FileLock(path).holder() is None:
            return Owner.GONE
        taken = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return Owner.GONE
    except (OSError, StorageFailed):
        return Owner.AT_WORK
    begun = operation.started_at
    return Owner.REPLACED if begun is not None and taken > begun else Owner.AT_WORK


def quiet_sentence(operation: Operation) -> str:
    """Return what an open operation without news means, as a sentence to be translated."""
    return QUIET_SENTENCES[operation.started_at is not None, owner_of(operation)]
