"""The states and stages of an operation (reference U2.3 rule 2)."""

from __future__ import annotations

from enum import StrEnum

from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _


class Outcome(StrEnum):
    """How an operation stands. Everything but queued and running is final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    ABORTED = "aborted"


OPEN = (Outcome.QUEUED, Outcome.RUNNING)

UNFINISHED = "unfinished"
"""The name in an operation's result of the error that kept it from being finished."""

OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.QUEUED: _("Waiting"),
    Outcome.RUNNING: _("Running"),
    Outcome.DONE: _("Done"),
    Outcome.FAILED: _("Failed"),
    Outcome.REFUSED: _("Refused"),
    Outcome.CANCELLED: _("Cancelled"),
    Outcome.ABORTED: _("Interrupted"),
}


class Stage(StrEnum):
    """Named moments of an operation, in order."""

    VERIFY = "verify"
    PLAN = "plan"
    COPY = "copy"
    TRY = "try"
    STOP = "stop"
    BACK_UP = "back-up"
    SET_UP = "set-up"
    PROBE = "probe"
    COMMIT = "commit"
    START = "start"
    CHECK = "check"
    CLEAN = "clean"


STAGE_LABELS: dict[Stage, str] = {
    Stage.VERIFY: _("Verify the package"),
    Stage.PLAN: _("Plan"),
    Stage.COPY: _("Copy the files"),
    Stage.TRY: _("Try the code"),
    Stage.STOP: _("Stop the module"),
    Stage.BACK_UP: _("Back up its data"),
    Stage.SET_UP: _("Set up and migrate"),
    Stage.PROBE: _("Try the pages"),
    Stage.COMMIT: _("Switch over"),
    Stage.START: _("Start"),
    Stage.CHECK: _("Check"),
    Stage.CLEAN: _("Clean up"),
}

_SWITCH_OVER = (Stage.PROBE, Stage.COMMIT, Stage.START, Stage.CHECK)
_ON_A_COPY = (
    Stage.VERIFY,
    Stage.STOP,
    Stage.BACK_UP,
    Stage.SET_UP,
    *_SWITCH_OVER,
    Stage.CLEAN,
)

STAGES: dict[Verb, tuple[Stage, ...]] = {
    Verb.INSTALL: (Stage.VERIFY, Stage.COPY, Stage.TRY, Stage.SET_UP, Stage.COMMIT),
    Verb.UPGRADE: (
        Stage.VERIFY,
        Stage.COPY,
        Stage.TRY,
        Stage.STOP,
        Stage.BACK_UP,
        Stage.SET_UP,
        *_SWITCH_OVER,
        Stage.CLEAN,
    ),
    Verb.ENABLE: (Stage.VERIFY, Stage.TRY, Stage.SET_UP, *_SWITCH_OVER),
    Verb.DISABLE: (Stage.PLAN, Stage.COMMIT, Stage.STOP),
    Verb.REMOVE: (Stage.PLAN, Stage.STOP, Stage.COMMIT, Stage.CLEAN),
    Verb.ROLLBACK: (Stage.VERIFY, Stage.TRY, Stage.STOP, *_SWITCH_OVER),
    Verb.PURGE: _ON_A_COPY,
    Verb.IMPORT: _ON_A_COPY,
    Verb.EXPORT: (Stage.BACK_UP,),
    Verb.REPAIR: (Stage.VERIFY, Stage.COPY, Stage.TRY, *_SWITCH_OVER, Stage.CLEAN),
}
