"""The interface itself: its parts, its errors, its document."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation as NinjaOperation

from modules_app.api import (
    batches,
    custom_files,
    modules,
    networks,
    operations,
    packages,
    parts,
    settings,
)
from modules_app.api.answers import ApiRequest, error_answer, findings_shape, record_attempt
from modules_app.api.body import BadBody, StrictParser, too_large
from modules_app.api.openapi import whole_document
from modules_app.api.schemas import Error, Me
from modules_app.cli.batches import plan_document
from modules_app.domain.api_keys import Scope
from modules_app.exceptions import ModuleError, NotAllowed, NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.services.batches import PlanRefused
from modules_app.services.uploads import PackageInvalid

_LISTED = 20


class Interface(NinjaAPI):
    """django-ninja without pages of its own and with short names of operations."""

    def get_openapi_operation_id(self, operation: NinjaOperation) -> str:
        """Return the function's name: it is unique here."""
        return str(operation.view_func.__name__)


api = Interface(
    title="PBX Admin",
    version="1",
    description="Modules, packages, operations and settings, and what modules answer themselves.",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
)
api.add_router("/modules", modules.router)
api.add_router("/packages", packages.router)
api.add_router("/operations", operations.router)
api.add_router("/batches", batches.router)
api.add_router("/settings", settings.router)
api.add_router("/networks", networks.router)
api.add_router("/custom-files", custom_files.router)
for _prefix, _router in parts.registered():
    api.add_router(_prefix, import_string(_router))


@api.get("/me", url_name="me", response={200: Me, 401: Error}, tags=["interface"])
def who_am_i(request: ApiRequest) -> dict[str, Any]:
    """Say who asks and with which scopes."""
    caller = request.caller
    return {"name": caller.actor.name, "key": caller.key, "scopes": sorted(caller.scopes)}


@api.get("/openapi.json", include_in_schema=False, url_name="openapi")
def openapi(request: ApiRequest) -> HttpResponse:
    """The OpenAPI document of all of this and of the modules in use."""
    request.caller.acting_in(Scope.VIEW)
    return JsonResponse(document())


def document() -> dict[str, Any]:
    """Return the OpenAPI document, modules included."""
    return whole_document(api.get_openapi_schema())


def unknown_address(request: ApiRequest, rest: str) -> HttpResponse:
    """Answer what no part of the interface knows."""
    return error_answer(_no_such_address())


unknown_address.csrf_exempt = True  # type: ignore[attr-defined]


def urls() -> list[Any]:
    """Return the patterns below ``/api/v1/``; the gate asks who it is, not the login middleware."""
    patterns, name, namespace = api.urls
    patterns = [pattern for pattern in patterns if pattern.name != "api-root"]
    patterns += [path("", unknown_address, {"rest": ""}, name="api-root")]
    patterns += [path("<path:rest>", unknown_address, name="unknown")]
    for pattern in patterns:
        pattern.callback.login_required = False
    return [path("api/v1/", (patterns, name, namespace))]


@api.exception_handler(ModuleError)
def _module_error(request: ApiRequest, error: ModuleError) -> HttpResponse:
    record_attempt(request, error)
    more: dict[str, Any] = {}
    if isinstance(error, PackageInvalid):
        more["report"] = findings_shape(error.report)
    if isinstance(error, PlanRefused):
        more["plan"] = plan_document(error.plan)
    return error_answer(error, more=more)


@api.exception_handler(ValidationError)
def _invalid(request: ApiRequest, error: ValidationError) -> HttpResponse:
    found = [
        {"where": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])[:200]}
        for one in error.errors[:_LISTED]
    ]
    return error_answer(
        ModuleError(
            "request-invalid",
            _("The request does not fit; “{where}”: {message}."),
            context={**(found[0] if found else {}), "faults": found},
            hint=_("The OpenAPI document says what each address takes."),
        )
    )


@api.exception_handler(HttpError)
def _http_error(request: ApiRequest, error: HttpError) -> HttpResponse:
    known = getattr(request, "pbx_body_error", None)
    return error_answer(known or BadBody("body-invalid", _("The body cannot be read.")))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: ApiRequest, error: RequestDataTooBig) -> HttpResponse:
    return error_answer(too_large())


@api.exception_handler(PermissionDenied)
def _denied(request: ApiRequest, error: PermissionDenied) -> HttpResponse:
    if getattr(error, "status", 403) == 413:
        return error_answer(too_large())
    return error_answer(NotAllowed("not-allowed", _("This may not be sent here.")))


@api.exception_handler(Http404)
def _not_found(request: ApiRequest, error: Http404) -> HttpResponse:
    return error_answer(_no_such_address())


def _no_such_address() -> NotFound:
    return NotFound(
        "address-unknown",
        _("There is nothing at this address."),
        hint=_("The OpenAPI document at /api/v1/openapi.json lists every address."),
    )
