"""The end of a batch: it has ended when its last operation has, in the same commit."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone

from modules_app import audit
from modules_app.domain.batches import BatchOutcome, outcome_of_all
from modules_app.models import Batch
from modules_app.permissions import Actor


def end_if_over(batch_id: int | None) -> None:
    """Record the end of a batch once nothing of it is open; the caller holds the transaction."""
    batch = Batch.objects.filter(pk=batch_id, ended_at=None).first()
    if batch is None:
        return
    outcomes = list(batch.operations.values_list("outcome", flat=True))
    outcome = outcome_of_all(outcomes)
    if outcome is BatchOutcome.RUNNING:
        return
    Batch.objects.filter(pk=batch.pk).update(ended_at=timezone.now())
    audit.record(
        actor=Actor.system(channel=batch.channel, name=batch.actor),
        action=f"batch-{batch.verb}",
        target=str(batch.pk),
        outcome=outcome,
        detail=dict(Counter(outcomes)),
    )
