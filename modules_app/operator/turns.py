"""Whose turn it is: operations of a batch follow each other, others run beside them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from modules_app.domain.batches import NEEDED_FAILED, NOT_BEGUN, Mode
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN, Outcome
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.operator.journal import Journal, progress
from modules_app.services.batch_end import end_if_over


def ready_operations() -> QuerySet[Operation]:
    """Return the queued operations that need not wait for another of their batch, oldest first."""
    mates = Operation.objects.filter(batch=OuterRef("batch"), outcome__in=OPEN)
    earlier = Q(position__lt=OuterRef("position")) | Q(
        position=OuterRef("position"), pk__lt=OuterRef("pk")
    )
    before = mates.filter(earlier | Q(outcome=Outcome.RUNNING))
    queued = Operation.objects.filter(outcome=Outcome.QUEUED)
    return queued.filter(~Exists(before)).order_by("id")


def claim(operation_id: int) -> Operation | None:
    """Take a queued operation; None if somebody else did or it was cancelled while it waited.

    With one of a batch that stands or falls together, all that wait are taken. One that may not
    begin any more, because an earlier one did not succeed, is ended with that reason.
    """
    operation = Operation.objects.select_related("batch").filter(pk=operation_id).first()
    if operation is None or not _may_begin(operation):
        return None
    waiting = members(operation).filter(outcome=Outcome.QUEUED)
    now = timezone.now()
    with progress():
        taken = waiting.update(outcome=Outcome.RUNNING, started_at=now, beat_at=now)
    return Operation.objects.select_related("batch").get(pk=operation_id) if taken else None


def is_together(operation: Operation) -> bool:
    """Tell whether the operation is one of a set of which all or none is done."""
    return operation.batch is not None and operation.batch.mode == Mode.TOGETHER


def members(operation: Operation) -> QuerySet[Operation]:
    """Return the operation with those that must be done together with it, in their order."""
    if is_together(operation):
        found = Operation.objects.filter(batch=operation.batch_id).order_by("position", "pk")
        return found.select_related("batch")
    return Operation.objects.filter(pk=operation.pk)


def _may_begin(operation: Operation) -> bool:
    if operation.batch is None:
        return True
    failed = _failed_before(operation)
    if operation.batch.mode == Mode.CONTINUE:
        needed = {fold_id(one) for one in operation.options.get("needs", [])}
        missed = next((one for one in failed if one.id_fold in needed), None)
        if missed is not None:
            _end([operation], Outcome.REFUSED, _needed_failed(operation, missed))
        return missed is None
    if failed:
        mates = Operation.objects.filter(batch=operation.batch_id, outcome=Outcome.QUEUED)
        _end(list(mates.order_by("position", "pk")), Outcome.CANCELLED, _not_begun(failed[0]))
    return not failed


def _failed_before(operation: Operation) -> list[Operation]:
    ended = Operation.objects.filter(batch=operation.batch_id)
    ended = ended.exclude(outcome__in=[*OPEN, Outcome.DONE])
    return list(ended.order_by(F("ended_at").asc(nulls_last=True), "pk"))


def _end(operations: list[Operation], outcome: Outcome, error: ModuleError) -> None:
    with transaction.atomic():
        for operation in operations:
            Journal(operation).finish(outcome, error)
        end_if_over(operations[0].batch_id)


def _not_begun(failed: Operation) -> ModuleError:
    return ModuleError(
        NOT_BEGUN,
        _("It was not begun, because operation {operation} on “{id}” did not succeed."),
        context={"operation": failed.pk, "id": failed.module_id},
        hint=_("Read what that operation says, mend it and ask for the rest again."),
    )


def _needed_failed(operation: Operation, failed: Operation) -> Refused:
    return Refused(
        NEEDED_FAILED,
        _(
            "“{id}” needs what operation {operation} on “{needed}” was to do, "
            "and that did not succeed."
        ),
        context={"id": operation.module_id, "operation": failed.pk, "needed": failed.module_id},
        hint=_("Read what that operation says, mend it and ask for this again."),
    )
