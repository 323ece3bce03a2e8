"""Operations over REST."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext
from ninja import Query, Router, Status

from modules_app.api.answers import ApiRequest, operation_shape
from modules_app.api.gate import proven
from modules_app.api.modules import FOUND_NOTHING
from modules_app.api.schemas import Error, OperationLog, OperationRecord, Operations
from modules_app.domain.api_keys import Scope
from modules_app.selectors.operations import OperationPage, get_operation, list_operations
from modules_app.services.lifecycle import cancel_operation as cancel
from modules_app.views.keeping import export_answer

router = Router(tags=["operations"])

_EXPORT_ANSWER = {
    "responses": {
        200: {
            "description": "OK",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get("", url_name="operations", response={200: Operations, 403: Error})
def list_newest(
    request: ApiRequest, module: str = "", limit: int = Query(50, ge=1, le=500)
) -> dict[str, Any]:
    """The newest operations, of one module if named."""
    request.caller.acting_in(Scope.VIEW)
    found = list_operations(module_id=module, limit=limit)
    return {"operations": [operation_shape(one) for one in found]}


@router.get(
    "/{int:operation_id}", url_name="operation", response={200: OperationRecord, **FOUND_NOTHING}
)
def show_operation(request: ApiRequest, operation_id: int) -> dict[str, Any]:
    """One operation: how far it is, or how it ended."""
    request.caller.acting_in(Scope.VIEW)
    return operation_shape(get_operation(operation_id).operation)


@router.get(
    "/{int:operation_id}/log",
    url_name="operation-log",
    response={200: OperationLog, **FOUND_NOTHING},
)
def show_log(request: ApiRequest, operation_id: int) -> dict[str, Any]:
    """One operation with its stages."""
    request.caller.acting_in(Scope.VIEW)
    return _log(get_operation(operation_id))


@router.get(
    "/{int:operation_id}/export",
    url_name="operation-export",
    response={200: None, **FOUND_NOTHING},
    openapi_extra=_EXPORT_ANSWER,
)
def download_export(request: ApiRequest, operation_id: int) -> FileResponse:
    """The file that an export wrote; it is kept for an hour."""
    actor = proven(request, Scope.INSTALL)
    return export_answer(actor, operation_id)


@router.post(
    "/{int:operation_id}/cancel",
    url_name="operation-cancel",
    response={202: OperationRecord, **FOUND_NOTHING},
)
def cancel_operation(request: ApiRequest, operation_id: int) -> Status:
    """End a waiting operation at once; ask a running one to stop before its commit point."""
    actor = request.caller.acting_in(Scope.OPERATE)
    return Status(202, operation_shape(cancel(actor=actor, operation_id=operation_id)))


def _log(page: OperationPage) -> dict[str, Any]:
    steps = [
        {"stage": s.stage, "label": gettext(s.label), "outcome": s.outcome, "detail": s.detail}
        for s in page.steps
    ]
    return {
        **operation_shape(page.operation),
        "open": page.open,
        "may_cancel": page.may_cancel,
        "state": gettext(page.state_sentence) if page.state_sentence else "",
        "steps": steps,
    }
