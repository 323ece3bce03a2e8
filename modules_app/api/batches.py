"""Several modules at once over REST: look at the plan, start it, follow it, cancel it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from modules_app.api.answers import ROOT, ApiRequest, operation_shape, sentence
from modules_app.api.gate import require_proof
from modules_app.api.modules import FOUND_NOTHING, request_key
from modules_app.api.schemas import Batches, BatchIn, BatchRecord, BatchStartIn, Error, PlanRecord
from modules_app.cli.batches import plan_document
from modules_app.domain.api_keys import Scope
from modules_app.domain.batches import Mode
from modules_app.domain.states import Verb
from modules_app.exceptions import NotFound
from modules_app.permissions import Right
from modules_app.selectors.batches import batch_record, get_batch, list_batches
from modules_app.services import batches

router = Router(tags=["batches"])

_STARTED = {202: BatchRecord, 403: Error, 404: Error, 409: Error, 422: Error}
_PROVEN = (Right.INSTALL, Right.REMOVE)
"""The rights for which a session needs a password that was typed a short while ago."""


@router.get("", url_name="batches", response={200: Batches, 403: Error})
def list_newest_batches(
    request: ApiRequest, limit: int = Query(50, ge=1, le=200)
) -> dict[str, Any]:
    """The newest batches, each with its operations."""
    request.caller.acting_in(Scope.VIEW)
    return {"batches": [_shape(one.pk) for one in list_batches(limit=limit)]}


@router.post("/plan", url_name="batch-plan", response={200: PlanRecord, **FOUND_NOTHING})
def plan_of_batch(request: ApiRequest, asked: BatchIn) -> dict[str, Any]:
    """What a wish over several modules comes to; nothing is changed.

    “problems” says what stands against it, “dependents” who would be disabled by “cascade”.
    """
    request.caller.acting_in(_scope(Verb(asked.verb)))
    plan = batches.plan_batch(**_wish(asked), delete_data=asked.data == "delete")
    return {"possible": plan.is_possible, **plan_document(plan)}


@router.post("", url_name="batches", response=_STARTED)
def start_batch(request: ApiRequest, response: HttpResponse, asked: BatchStartIn) -> Status:
    """Start what the plan says: one operation for each step.

    “mode” says what becomes of the rest when one fails: stop, continue, or together for all or
    none, which “cascade” always is. Every step needs its scope. What stands against it is refused
    with 422, and the answer has the plan.
    """
    actor = request.caller.acting_in(_scope(Verb(asked.verb)))
    _allow(request, asked)
    batch = batches.start_batch(
        actor=actor,
        **_wish(asked),
        keep_data=asked.data == "keep",
        force=asked.force,
        mode=Mode.TOGETHER if asked.cascade else asked.mode,
        request_key=request_key(request),
    )
    found = _shape(batch.pk)
    response["Location"] = found["url"]
    return Status(202, found)


@router.get("/{int:batch_id}", url_name="batch", response={200: BatchRecord, **FOUND_NOTHING})
def show_batch(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    """One batch: what came of each module, and of all."""
    request.caller.acting_in(Scope.VIEW)
    return _shape(batch_id)


@router.post(
    "/{int:batch_id}/cancel",
    url_name="batch-cancel",
    response={202: BatchRecord, 422: Error, **FOUND_NOTHING},
)
def cancel_batch(request: ApiRequest, batch_id: int) -> Status:
    """End what waits; ask what runs to stop before its commit point."""
    actor = request.caller.acting_in(Scope.OPERATE)
    return Status(202, _shape(batches.cancel_batch(actor=actor, batch_id=batch_id).pk))


def _allow(request: ApiRequest, asked: BatchIn) -> None:
    """Ask for the scope of every step, and a session for its password where one step needs it."""
    rights = {batches.RIGHTS[Verb(asked.verb)]}
    try:
        plan = batches.plan_batch(**_wish(asked), delete_data=asked.data == "delete")
        rights |= {batches.RIGHTS[step.verb] for step in plan.steps}
    except NotFound:  # asked for again, its packages may be installed already
        pass
    for right in sorted(rights):
        request.caller.acting_in(Scope(right))
    if rights & set(_PROVEN):
        require_proof(request, request.caller)


def _scope(verb: Verb) -> Scope:
    return Scope(batches.RIGHTS[verb])


def _wish(asked: BatchIn) -> dict[str, Any]:
    return {
        "verb": Verb(asked.verb),
        "ids": asked.modules,
        "upload_ids": [str(one) for one in asked.packages],
        "enable": asked.enable,
        "cascade": asked.cascade,
        "without": asked.without,
    }


def _shape(batch_id: int) -> dict[str, Any]:
    page = get_batch(batch_id)
    record = batch_record(page)
    operations = [operation_shape(one.operation) for one in page.items if one.operation]
    warnings = [{**one, "text": sentence(one)} for one in record["warnings"]]
    more = {"open": page.open, "may_cancel": page.may_cancel, "url": f"{ROOT}batches/{batch_id}"}
    return {**record, "warnings": warnings, "operations": operations, **more}
