"""Modules over REST: list, look, and ask for operations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import Router, Status

from modules_app.api.answers import ApiRequest, operation_shape, operation_url
from modules_app.api.body import read_archive
from modules_app.api.gate import proven
from modules_app.api.schemas import (
    Damage,
    Data,
    DisableIn,
    Error,
    Hooks,
    ModuleDetails,
    Modules,
    OperationRecord,
)
from modules_app.domain.api_keys import Scope
from modules_app.models import Operation
from modules_app.selectors.hook_results import hook_result_record, list_hook_results
from modules_app.selectors.modules import as_record, find_module, list_modules
from modules_app.selectors.records import module_details
from modules_app.services import exporting, importing, lifecycle
from modules_app.services.verification import verify_modules

router = Router(tags=["modules"])

QUEUED = {202: OperationRecord, 403: Error, 404: Error, 409: Error, 422: Error}
FOUND_NOTHING = {403: Error, 404: Error}
_KEY_HEADER = "Idempotency-Key"
_EXPORT_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def language() -> str:
    """Return the language of this request."""
    return get_language() or "en"


def whole(record: dict[str, Any]) -> HttpResponse:
    """Answer with a record as commands print it, also what its schema does not name yet."""
    return JsonResponse(record)


def queued(
    request: ApiRequest,
    response: HttpResponse,
    scope: Scope,
    service: Callable[..., Operation],
    *,
    proof: bool = False,
    **asked: Any,
) -> Status:
    """Ask a service for an operation; answer 202 with its address.

    With ``proof`` a session needs a fresh password. The same Idempotency-Key for the same request
    gives the same operation (W10).
    """
    actor = proven(request, scope) if proof else request.caller.acting_in(scope)
    operation = service(actor=actor, request_key=request_key(request), **asked)
    response["Location"] = operation_url(operation.pk)
    return Status(202, operation_shape(operation))


@router.get(
    "",
    url_name="modules",
    response={200: Modules, 403: Error},
    summary="List the installed modules",
)
def list_installed(request: ApiRequest, state: str = "", search: str = "") -> HttpResponse:
    """Every module, or those in one state or with a text in id, name, description or publisher."""
    request.caller.acting_in(Scope.VIEW)
    rows = list_modules(state=state, search=search, language=language())
    return whole({"modules": [as_record(row) for row in rows]})


@router.get("/{str:module_id}", url_name="module", response={200: ModuleDetails, **FOUND_NOTHING})
def show_module(request: ApiRequest, module_id: str) -> HttpResponse:
    """One module, its facts, checks and hooks: the record of “module show --json”."""
    request.caller.acting_in(Scope.VIEW)
    return whole(module_details(module_id, language()))


@router.get(
    "/{str:module_id}/hooks", url_name="module-hooks", response={200: Hooks, **FOUND_NOTHING}
)
def list_hooks(request: ApiRequest, module_id: str) -> HttpResponse:
    """Which hooks ran, when, how long, and what they failed with."""
    request.caller.acting_in(Scope.VIEW)
    found = list_hook_results(find_module(module_id).id)
    return whole({"hooks": [hook_result_record(one) for one in found]})


@router.post("/{str:module_id}/enable", url_name="module-enable", response=QUEUED)
def enable_module(request: ApiRequest, response: HttpResponse, module_id: str) -> Status:
    """Switch a module on."""
    service = lifecycle.enable_module
    return queued(request, response, Scope.OPERATE, service, module_id=module_id)


@router.post("/{str:module_id}/disable", url_name="module-disable", response=QUEUED)
def disable_module(
    request: ApiRequest,
    response: HttpResponse,
    module_id: str,
    asked: DisableIn = DisableIn(),  # noqa: B008 - read as the body's shape
) -> Status:
    """Switch a module off; it may say no, unless forced."""
    service = lifecycle.disable_module
    return queued(request, response, Scope.OPERATE, service, module_id=module_id, force=asked.force)


@router.post("/{str:module_id}/rollback", url_name="module-rollback", response=QUEUED)
def rollback_module(request: ApiRequest, response: HttpResponse, module_id: str) -> Status:
    """Return a module to the version before, with its data of then."""
    service = lifecycle.rollback_module
    return queued(request, response, Scope.INSTALL, service, proof=True, module_id=module_id)


@router.post("/{str:module_id}/repair", url_name="module-repair", response=QUEUED)
def repair_module(request: ApiRequest, response: HttpResponse, module_id: str) -> Status:
    """Write the files of a damaged module anew from its kept package."""
    service = lifecycle.repair_module
    return queued(request, response, Scope.INSTALL, service, proof=True, module_id=module_id)


@router.post("/{str:module_id}/export", url_name="module-export", response=QUEUED)
def export_module(request: ApiRequest, response: HttpResponse, module_id: str) -> Status:
    """Write the module's data into one file, which the operation's “export” gives for an hour."""
    service = exporting.export_module
    return queued(request, response, Scope.INSTALL, service, proof=True, module_id=module_id)


@router.post(
    "/{str:module_id}/import",
    url_name="module-import",
    response={**QUEUED, 413: Error, 415: Error},
    openapi_extra=_EXPORT_BODY,
)
def import_module(request: ApiRequest, response: HttpResponse, module_id: str) -> Status:
    """Replace the module's data by that of an export, sent as the whole body.

    The export may be of the installed version or of an older one.
    """
    proven(request, Scope.INSTALL)
    find_module(module_id)
    received, about = importing.receive_export(read_archive(request), module_id=module_id)
    service = importing.import_module
    return queued(request, response, Scope.INSTALL, service, received=received, about=about)


@router.delete("/{str:module_id}", url_name="module", response=QUEUED)
def remove_module(
    request: ApiRequest,
    response: HttpResponse,
    module_id: str,
    data: Data = "keep",
    force: bool = False,
) -> Status:
    """Remove a module. Its data is kept, unless “data” says “delete”."""
    return queued(
        request,
        response,
        Scope.REMOVE,
        lifecycle.remove_module,
        proof=True,
        module_id=module_id,
        keep_data=data == "keep",
        force=force,
    )


@router.post(
    "/{str:module_id}/verify", url_name="module-verify", response={200: Damage, **FOUND_NOTHING}
)
def verify_module(request: ApiRequest, module_id: str) -> dict[str, Any]:
    """Compare files and data with what was installed."""
    actor = request.caller.acting_in(Scope.OPERATE)
    [found] = verify_modules(actor=actor, module_ids=[module_id])
    problems = [*([found.data] if found.data else []), *found.problems]
    return {"module": found.module_id, "sound": found.sound, "problems": problems}


def request_key(request: ApiRequest) -> str | None:
    """Return what is the same for the same Idempotency-Key on the same request, None without."""
    sent = request.headers.get(_KEY_HEADER, "")
    if not sent:
        return None
    parts = (request.caller.actor.name, str(request.method), request.path_info, sent[:200])
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
