"""Asking for several modules at once: one plan, one batch, its operations (reference U2.3 rule 7).

Rights, states and the plan are checked for all before the first row is written; a busy module
refuses the whole batch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.batches import Mode
from modules_app.domain.dependencies.plan import Plan, Step
from modules_app.domain.dependencies.world import STORE
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN, Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Batch, Operation, Upload
from modules_app.permissions import Actor, Right, require
from modules_app.processes.poke import poke
from modules_app.selectors.batches import find_batch
from modules_app.selectors.modules import all_modules
from modules_app.selectors.packages import get_upload
from modules_app.selectors.registry import data_dir
from modules_app.selectors.safe_mode import safe_mode
from modules_app.services.batch_end import end_if_over
from modules_app.services.batch_plans import needs_of_steps, plan_as_json, plan_batch
from modules_app.services.kept_packages import upload_kept
from modules_app.services.lifecycle import refuse_uninstallable
from modules_app.services.queueing import Place, busy_error, queue
from modules_app.services.requirements import INSTALLING
from modules_app.services.uploads import drop_upload

__all__ = ["PlanRefused", "cancel_batch", "plan_batch", "start_batch"]

RIGHTS: Mapping[Verb, Right] = {
    Verb.INSTALL: Right.INSTALL,
    Verb.UPGRADE: Right.INSTALL,
    Verb.ENABLE: Right.OPERATE,
    Verb.DISABLE: Right.OPERATE,
    Verb.REMOVE: Right.REMOVE,
}


class PlanRefused(Refused):
    """Nothing was queued; ``plan`` says what stands against it, and its cause is the error."""

    def __init__(self, plan: Plan) -> None:
        cause = plan.cause
        super().__init__(cause.slug, cause.message, context=cause.context, hint=cause.hint)
        self.plan = plan


def start_batch(
    *,
    actor: Actor,
    verb: Verb,
    ids: Sequence[str] = (),
    upload_ids: Sequence[str] = (),
    enable: bool = False,
    cascade: bool = False,
    keep_data: bool = True,
    force: bool = False,
    mode: str = Mode.STOP,
    without: Collection[str] = (),
    request_key: str | None = None,
) -> Batch:
    """Queue what the plan says, one operation for each step, and return the batch.

    Modules that need each other are enabled all or none, whatever ``mode`` says. The second press
    of a button, known by its ``request_key``, gets the batch of the first. Raises
    ``PlanRefused`` with the plan's problems, ``NotAllowed``, ``NotFound``, ``Refused`` when a state
    forbids it or there is nothing to do, ``Busy`` with the name of a busy module.
    """
    if (twin := _twin(request_key)) is not None:
        return twin
    try:
        require(actor, RIGHTS[verb])
        plan = plan_batch(
            verb=verb,
            ids=ids,
            upload_ids=upload_ids,
            enable=enable,
            cascade=cascade,
            delete_data=not keep_data,
            without=without,
        )
        _check(actor, plan)
        options = {"keep_data": keep_data, "force": force or safe_mode() is not None}
        mode = Mode.TOGETHER if plan.enables_a_circle else Mode(mode)
        return _start(actor, verb, mode, plan, options, request_key)
    except ModuleError as error:
        if (twin := _twin(request_key)) is not None:
            return twin
        asked = ", ".join([*ids, *map(str, upload_ids)])
        audit.record_refusal(actor=actor, action=f"batch-{verb}", target=asked, error=error)
        raise


def cancel_batch(*, actor: Actor, batch_id: int) -> Batch:
    """End what waits of a batch, and ask what runs to stop before its commit point.

    Raises ``Refused`` when nothing of it is open any more.
    """
    require(actor, Right.OPERATE)
    with transaction.atomic():
        batch = find_batch(batch_id)
        still_open = batch.operations.filter(outcome__in=OPEN)
        if not still_open.exists():
            raise Refused(
                "batch-not-cancellable",
                _("Batch {id} has ended; nothing of it can be cancelled."),
                context={"id": batch.pk},
                hint=_("Undo it with the opposite action."),
            )
        Batch.objects.filter(pk=batch.pk).update(cancel_requested=True)
        audit.record(actor=actor, action="batch-cancel", target=str(batch.pk), outcome="requested")
        for operation in still_open.filter(outcome=Outcome.QUEUED):
            _cancel(operation, actor)
        batch.operations.filter(outcome=Outcome.RUNNING, committed=False).update(
            cancel_requested=True
        )
        end_if_over(batch.pk)
    poke(data_dir().root, "operator")
    return find_batch(batch_id)


def _start(
    actor: Actor,
    verb: Verb,
    mode: Mode,
    plan: Plan,
    options: Mapping[str, Any],
    request_key: str | None,
) -> Batch:
    uploads = {step.reference: upload_kept(actor, step.reference) for step in _from_store(plan)}
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                verb=verb,
                actor=actor.name,
                channel=actor.channel,
                mode=mode,
                plan=plan_as_json(plan),
                request_key=request_key,
                queued_at=timezone.now(),
            )
            _record_start(batch, actor, plan)
            _queue_steps(batch, actor, plan, uploads, options)
    except (IntegrityError, ModuleError) as error:
        for upload in uploads.values():
            drop_upload(upload)
        if isinstance(error, ModuleError):
            raise
        raise _raced() from None
    poke(data_dir().root, "operator")
    return batch


def _record_start(batch: Batch, actor: Actor, plan: Plan) -> None:
    audit.record(
        actor=actor,
        action=f"batch-{batch.verb}",
        target=str(batch.pk),
        outcome="queued",
        detail={"mode": batch.mode, "modules": [step.id for step in plan.steps]},
    )


def _queue_steps(
    batch: Batch,
    actor: Actor,
    plan: Plan,
    uploads: Mapping[str, Upload],
    options: Mapping[str, Any],
) -> None:
    needs = needs_of_steps(plan)
    for position, step in enumerate(plan.steps, start=1):
        upload = _upload_of(step, uploads)
        queue(
            actor=actor,
            verb=step.verb,
            module_id=step.id,
            request_key=None,
            options={**_options(step, upload, options), "needs": needs[step.id]},
            package_sha256=upload.sha256 if upload else "",
            place=Place(batch, position),
        )


def _upload_of(step: Step, uploads: Mapping[str, Upload]) -> Upload | None:
    if step.verb not in INSTALLING:
        return None
    return uploads.get(step.reference) or get_upload(step.reference).upload


def _options(step: Step, upload: Upload | None, options: Mapping[str, Any]) -> dict[str, Any]:
    if upload is not None:
        return {
            "upload": str(upload.pk),
            "enable": step.enable,
            "allow_downgrade": False,
            "force": options["force"],
        }
    if step.verb is Verb.REMOVE:
        return dict(options)
    return {"force": options["force"]} if step.verb is Verb.DISABLE else {}


def _check(actor: Actor, plan: Plan) -> None:
    """Raise what stands against the plan as a whole or against one of its steps."""
    for right in dict.fromkeys(RIGHTS[step.verb] for step in plan.steps):
        require(actor, right)
    if plan.problems:
        raise PlanRefused(plan)
    if not plan.steps:
        raise Refused(
            "nothing-to-do",
            _("There is nothing to do: everything is as you ask for already."),
        )
    _refuse_busy(plan)
    rows = {fold_id(row.id): row for row in all_modules("en")}
    for step in plan.steps:
        row = rows.get(fold_id(step.id))
        if step.verb in INSTALLING and step.source != STORE:
            refuse_uninstallable(get_upload(step.reference), allow_downgrade=False)
        if row is not None and step.verb not in row.verbs and step.verb is not Verb.INSTALL:
            raise Refused(
                "not-in-this-state",
                _("“{id}” cannot be asked to {verb} while it is {state}."),
                context={"id": step.id, "verb": str(step.verb), "state": str(row.state)},
            )


def _refuse_busy(plan: Plan) -> None:
    folded = [fold_id(step.id) for step in plan.steps]
    other = Operation.objects.filter(id_fold__in=folded, outcome__in=OPEN).first()
    if other is not None:
        raise busy_error(other.module_id, other.pk)


def _twin(request_key: str | None) -> Batch | None:
    return Batch.objects.filter(request_key=request_key).first() if request_key else None


def _raced() -> ModuleError:
    return ModuleError(
        "batch-raced",
        _("The same was asked for twice at the same moment."),
        hint=_("Look at the operations list and try again."),
    )


def _cancel(operation: Operation, actor: Actor) -> None:
    """Close one that nobody has begun."""
    error = ModuleError("operation-cancelled", _("It was cancelled before anything changed."))
    waiting = Operation.objects.filter(pk=operation.pk, outcome=Outcome.QUEUED)
    if waiting.update(
        outcome=Outcome.CANCELLED,
        cancel_requested=True,
        ended_at=timezone.now(),
        error=error.as_dict(),
    ):
        audit.record(
            actor=actor,
            action=f"module-{operation.verb}",
            target=operation.module_id,
            outcome=Outcome.CANCELLED,
            operation=operation,
        )


def _from_store(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.verb in INSTALLING and step.source == STORE]
