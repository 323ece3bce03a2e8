"""Writing one queued operation: its row, its stages, its audit row; then the operator is woken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN, STAGES, Outcome
from modules_app.domain.states import STATES, Verb
from modules_app.exceptions import Busy, ModuleError, NotAllowed, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Batch, Operation, OperationStep
from modules_app.permissions import Actor
from modules_app.processes.poke import poke
from modules_app.selectors.modules import get_module_row
from modules_app.selectors.registry import data_dir
from modules_app.services.plans import plan_operation


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation stands in a batch, if it is of one."""

    batch: Batch | None = None
    position: int = 0


ALONE = Place()


def queue(
    *,
    actor: Actor,
    verb: Verb,
    module_id: str,
    request_key: str | None,
    options: Mapping[str, Any],
    package_sha256: str = "",
    place: Place = ALONE,
) -> Operation:
    """Write one queued operation with its steps and its audit row, and wake the operator.

    Rights and states are checked by the caller. Raises ``Busy`` when one is open on the module.
    """
    plan = plan_operation(verb=verb, module_id=module_id, options=options)
    try:
        with transaction.atomic():
            operation = Operation.objects.create(
                module_id=module_id,
                id_fold=fold_id(module_id),
                verb=verb,
                outcome=Outcome.QUEUED,
                actor=actor.name,
                channel=actor.channel,
                request_key=request_key,
                options=dict(options),
                plan=plan,
                package_sha256=package_sha256,
                queued_at=timezone.now(),
                batch=place.batch,
                position=place.position,
            )
            _write_steps(operation, verb)
            audit.record(
                actor=actor,
                action=f"module-{verb}",
                target=module_id,
                outcome="queued",
                operation=operation,
                detail=dict(options),
            )
    except IntegrityError:
        raise _not_now(module_id) from None
    poke(data_dir().root, "operator")
    return operation


def _write_steps(operation: Operation, verb: Verb) -> None:
    OperationStep.objects.bulk_create(
        OperationStep(operation=operation, position=position, stage=stage)
        for position, stage in enumerate(STAGES[verb], start=1)
    )


def _not_now(module_id: str) -> ModuleError:
    """Return why the row could not be written: another operation is open, or was a moment ago."""
    if (other := _open_on(module_id)) is not None:
        return busy_error(module_id, other.pk)
    return ModuleError(
        "operation-raced",
        _("Another operation on “{id}” began and ended at the same moment."),
        context={"id": module_id},
        hint=_("Look at the operations list and try again."),
    )


def refuse_busy(module_id: str) -> None:
    """Raise ``Busy`` when an operation is open on the module."""
    if (other := _open_on(module_id)) is not None:
        raise busy_error(module_id, other.pk)


def _open_on(module_id: str) -> Operation | None:
    return Operation.objects.filter(id_fold=fold_id(module_id), outcome__in=OPEN).first()


def refuse_in_this_state(module_id: str, verb: Verb) -> None:
    """Raise ``Refused`` when the module stands so that nothing can be asked of it.

    One that is busy is left to `queue`, which names the operation.
    """
    row = get_module_row(module_id)
    if row.operation is None and not STATES[row.state].actions:
        raise Refused(
            "not-in-this-state",
            _("“{id}” cannot be asked to {verb} while it is {state}."),
            context={"id": row.id, "verb": str(verb), "state": str(row.state)},
        )


def first_of(request_key: str | None, error: ModuleError) -> Operation | None:
    """Return what the first press of a button led to, when the second was refused with ``error``.

    It is looked for only then: the first may come in between at any moment. Somebody who may not
    ask gets nothing.
    """
    if not request_key or isinstance(error, NotAllowed):
        return None
    return Operation.objects.filter(request_key=request_key).first()


def busy_error(module_id: str, operation: int) -> Busy:
    """Return the error that names the open operation on a module."""
    return Busy(
        "module-busy",
        _("Operation {operation} is still running on “{id}”."),
        context={"id": module_id, "operation": operation},
        hint=_("Wait for it, or open it and cancel it."),
    )
