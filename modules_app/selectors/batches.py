"""Batches as people see them: how each item stands, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from modules_app.domain.batches import BATCH_LABELS, MODE_LABELS, BatchOutcome, Mode, outcome_of_all
from modules_app.domain.operations import OPEN, OUTCOME_LABELS, Outcome
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Batch, Operation
from modules_app.selectors.operations import operation_record

_WAITS = _("It waits for its turn.")


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One operation of a batch. ``sentence`` is an error's ``{"message", "context", "hint"}``.

    ``sentence`` is empty when there is nothing to say.
    """

    operation: Operation | None
    module_id: str
    name: str
    verb: str
    outcome: str
    sentence: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Return the outcome as a word to be translated."""
        return OUTCOME_LABELS[Outcome(self.outcome)]

    @property
    def open(self) -> bool:
        """Tell whether it still waits or runs."""
        return self.outcome in OPEN


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch with its items in order, how many stand how, and how it stands as a whole."""

    batch: Batch
    items: list[BatchItem]
    counts: Mapping[str, int]
    outcome: BatchOutcome

    @property
    def open(self) -> bool:
        """Tell whether something of it still waits or runs."""
        return self.outcome is BatchOutcome.RUNNING

    @property
    def label(self) -> str:
        """Return how it stands as words to be translated."""
        return BATCH_LABELS[self.outcome]

    @property
    def mode_label(self) -> str:
        """Return what becomes of the rest when one fails, as words to be translated."""
        return MODE_LABELS[Mode(self.batch.mode)]

    @property
    def may_cancel(self) -> bool:
        """Tell whether something of it can still be kept from happening."""
        stoppable = [
            item.operation
            for item in self.items
            if item.operation and item.open and not item.operation.committed
        ]
        return bool(stoppable) and not self.batch.cancel_requested


def find_batch(pk: int) -> Batch:
    """Return the batch. Raises ``NotFound``."""
    batch = Batch.objects.filter(pk=pk).first()
    if batch is None:
        raise NotFound("batch-not-found", _("There is no batch {id}."), context={"id": pk})
    return batch


def get_batch(pk: int) -> BatchPage:
    """Return one batch with what came of each item. Raises ``NotFound``."""
    batch = find_batch(pk)
    names = [str(step.get("name") or step["id"]) for step in batch.plan.get("steps", [])]
    operations = batch.operations.order_by("position", "pk")
    items = [_item(one, names) for one in operations]
    outcomes = [item.outcome for item in items]
    return BatchPage(batch, items, dict(Counter(outcomes)), outcome_of_all(outcomes))


def list_batches(*, limit: int = 50) -> QuerySet[Batch]:
    """Return the newest batches."""
    return Batch.objects.order_by("-id")[:limit]


def batch_record(page: BatchPage) -> dict[str, Any]:
    """Return one batch as the JSON that commands print."""
    batch = page.batch
    return {
        "batch": batch.pk,
        "verb": batch.verb,
        "mode": batch.mode,
        "outcome": str(page.outcome),
        "actor": batch.actor,
        "channel": batch.channel,
        "queued_at": batch.queued_at.isoformat(),
        "ended_at": batch.ended_at.isoformat() if batch.ended_at else None,
        "warnings": batch.plan.get("warnings", []),
        "counts": dict(page.counts),
        "operations": [operation_record(item.operation) for item in page.items if item.operation],
    }


def _item(operation: Operation, names: list[str]) -> BatchItem:
    place = operation.position - 1
    return BatchItem(
        operation=operation,
        module_id=operation.module_id,
        name=names[place] if 0 <= place < len(names) else operation.module_id,
        verb=operation.verb,
        outcome=operation.outcome,
        sentence=_sentence(operation),
    )


def _sentence(operation: Operation) -> dict[str, Any]:
    if operation.outcome == Outcome.QUEUED:
        return {"message": _WAITS, "context": {}}
    return operation.error or {}
