"""Operations as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from modules_app.domain.batches import CONSEQUENCES
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import (
    OPEN,
    OUTCOME_LABELS,
    STAGE_LABELS,
    UNFINISHED,
    Outcome,
    Stage,
)
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation, OperationStep

NEWS_IS_OLD = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One stage on screen; ``label`` is an English sentence to be translated."""

    stage: str
    label: str
    outcome: str
    detail: str
    started_at: Any
    ended_at: Any


@dataclass(frozen=True, slots=True)
class OperationPage:
    """What the page of one operation shows, and nothing that the record does not say."""

    operation: Operation
    steps: list[StepRow]
    module_exists: bool

    @property
    def open(self) -> bool:
        """Tell whether it still waits or runs."""
        return self.operation.outcome in OPEN

    @property
    def label(self) -> str:
        """Return the outcome as a word to be translated."""
        return OUTCOME_LABELS[Outcome(self.operation.outcome)]

    @property
    def may_cancel(self) -> bool:
        """Tell whether cancelling still makes sense: open and before the commit point."""
        return self.open and not self.operation.committed and not self.operation.cancel_requested

    @property
    def error(self) -> dict[str, Any] | None:
        """Return slug, message, context, hint of what failed, sentences unfilled.

        What a person cancelled did not fail; what ended because of another operation says so.
        """
        by_a_person = self.operation.outcome == Outcome.CANCELLED and not self._only_a_consequence
        return None if by_a_person else self.operation.error

    @property
    def news_is_old(self) -> bool:
        """Tell whether a running operation has not written anything for a while."""
        beat = self.operation.beat_at or self.operation.queued_at
        return self.open and timezone.now() - beat > NEWS_IS_OLD

    @property
    def went_wrong(self) -> bool:
        """Tell whether it failed or was interrupted; what was refused or cancelled was not."""
        return self.operation.outcome in (Outcome.FAILED, Outcome.ABORTED)

    @property
    def vetoed(self) -> bool:
        """Tell whether the module itself did not agree; that can be overruled."""
        refused = self.operation.outcome == Outcome.REFUSED
        return refused and (self.operation.error or {}).get("slug") == "module-vetoed"

    @property
    def state_sentence(self) -> str:
        """Return what state the system is in now, as a sentence to be translated."""
        operation = self.operation
        if operation.result.get("needs_attention"):
            return _HALF_WAY
        if operation.result.get(UNFINISHED):
            return _UNFINISHED
        if operation.attempts and operation.outcome in _AFTER_RECOVERY:
            return _AFTER_RECOVERY[Outcome(operation.outcome)]
        if self._only_a_consequence:
            return _NOTHING
        return _STATE_SENTENCES.get((operation.outcome, self._switched_over), "")

    @property
    def _only_a_consequence(self) -> bool:
        """Tell whether it ended before its commit only because another of its batch failed."""
        cancelled = self.operation.outcome == Outcome.CANCELLED
        return cancelled and (self.operation.error or {}).get("slug") in CONSEQUENCES

    @property
    def _switched_over(self) -> bool:
        """Tell whether it had passed its commit point, also if it went back since."""
        passed = {step.stage for step in self.steps if step.outcome == Outcome.DONE}
        return self.operation.committed or Stage.COMMIT in passed


_HALF_WAY = _("It could not be finished nor put back; look at the module before you go on.")
_UNFINISHED = _(
    "It is done. Not everything after it could be finished; the operator process repeats that "
    "at its next start and every hour until it succeeds."
)
_NOTHING = _("Nothing has changed.")
_STATE_SENTENCES = {
    (Outcome.FAILED, False): _("Nothing has changed: the module is as it was before."),
    (Outcome.FAILED, True): _("The module was put back to what it was before."),
    (Outcome.REFUSED, False): _NOTHING,
    (Outcome.REFUSED, True): _("The module was put back to what it was before."),
    (Outcome.CANCELLED, False): _("It was cancelled before anything changed."),
    (Outcome.ABORTED, False): _(
        "It was interrupted; at the next start everything was put back as it was before."
    ),
    (Outcome.QUEUED, False): _("It waits for the operator process."),
}


_AFTER_RECOVERY = {
    Outcome.RUNNING: _("It was interrupted; the operator process is leading it to its end."),
    Outcome.DONE: _(
        "It was interrupted after the switch-over; at the next start it was led to its end."
    ),
    Outcome.FAILED: _(
        "It was interrupted after the switch-over and could not be led to its end; "
        "the module was put back to what it was before."
    ),
}


def find_operation(operation_id: int) -> Operation:
    """Return the operation. Raises ``NotFound``."""
    operation = Operation.objects.filter(pk=operation_id).first()
    if operation is None:
        raise NotFound(
            "operation-not-found",
            _("There is no operation {id}."),
            context={"id": operation_id},
        )
    return operation


def get_operation(operation_id: int) -> OperationPage:
    """Return one operation with its steps. Raises ``NotFound``."""
    operation = find_operation(operation_id)
    return OperationPage(
        operation=operation,
        steps=[_step(step) for step in operation.steps.all()],
        module_exists=Module.objects.filter(id_fold=operation.id_fold).exists(),
    )


def list_operations(*, module_id: str = "", limit: int = 50) -> QuerySet[Operation]:
    """Return the newest operations, of one module if named."""
    found = Operation.objects.order_by("-id")
    if module_id:
        found = found.filter(id_fold=fold_id(module_id))
    return found[:limit]


def operation_record(operation: Operation) -> dict[str, Any]:
    """Return one operation as the JSON that commands print."""
    return {
        "operation": operation.pk,
        "verb": operation.verb,
        "module": operation.module_id,
        "outcome": operation.outcome,
        "stage": operation.stage,
        "actor": operation.actor,
        "channel": operation.channel,
        "queued_at": operation.queued_at.isoformat(),
        "ended_at": operation.ended_at.isoformat() if operation.ended_at else None,
        "error": operation.error,
        "messages": operation.messages,
        "result": operation.result,
    }


def _step(step: OperationStep) -> StepRow:
    return StepRow(
        stage=step.stage,
        label=STAGE_LABELS[Stage(step.stage)],
        outcome=step.outcome,
        detail=step.detail,
        started_at=step.started_at,
        ended_at=step.ended_at,
    )
