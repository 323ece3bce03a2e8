"""Several operations asked for at once: how they hang together, and how they stand as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from modules_app.domain.operations import OPEN, Outcome
from modules_app.exceptions import gettext_noop as _


class Mode(StrEnum):
    """What becomes of the rest when one operation does not succeed (reference U2.3 rule 7)."""

    STOP = "stop"
    CONTINUE = "continue"
    TOGETHER = "together"


MODE_LABELS: dict[Mode, str] = {
    Mode.STOP: _("Stop at the first that does not succeed"),
    Mode.CONTINUE: _("Go on with the others"),
    Mode.TOGETHER: _("All or none"),
}

NOT_BEGUN = "batch-stopped"
"""The slug of the error of an operation that was not begun, because one before it failed."""

PUT_BACK = "batch-put-back"
"""The slug of the error of an operation that was put back, because another of its set failed."""

NEEDED_FAILED = "requirement-failed"
"""The slug of the error of an operation that needs what an earlier one of its batch did not do."""

CONSEQUENCES = (NOT_BEGUN, PUT_BACK)
"""The slugs of what befell an operation only because of another one."""


class BatchOutcome(StrEnum):
    """How a batch stands."""

    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"


BATCH_LABELS: dict[BatchOutcome, str] = {
    BatchOutcome.RUNNING: _("Running"),
    BatchOutcome.DONE: _("Done"),
    BatchOutcome.PARTLY: _("Partly done"),
    BatchOutcome.FAILED: _("Nothing was done"),
}


def outcome_of_all(outcomes: Iterable[str]) -> BatchOutcome:
    """Return how a batch stands whose operations stand so; one without any is done."""
    known = list(outcomes)
    if any(one in OPEN for one in known):
        return BatchOutcome.RUNNING
    done = sum(one == Outcome.DONE for one in known)
    if done == len(known):
        return BatchOutcome.DONE
    return BatchOutcome.PARTLY if done else BatchOutcome.FAILED
