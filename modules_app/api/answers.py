"""How the REST interface answers: errors in one shape, long verbs with an address to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

from modules_app import audit
from modules_app.exceptions import ModuleError, NotAllowed, fill
from modules_app.models import Operation
from modules_app.selectors.operations import operation_record
from modules_app.services.callers import Caller, NotSignedIn, TooMany
from modules_app.templatetags.words import with_causes

ROOT = "/api/v1/"
_LOOKING = ("GET", "HEAD", "OPTIONS")


class ApiRequest(HttpRequest):
    """A request that the gate has let through."""

    caller: Caller


def sentence(said: Mapping[str, Any] | None, key: str = "message") -> str:
    """Return a stored sentence in the language of the request, filled."""
    text = str((said or {}).get(key) or "")
    return fill(gettext(text), with_causes((said or {}).get("context") or {})) if text else ""


def error_shape(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one shape of errors: slug, message, hint, context."""
    return {
        "slug": said.get("slug", ""),
        "message": sentence(said),
        "hint": sentence(said, "hint"),
        "context": said.get("context") or {},
    }


def error_answer(error: ModuleError, *, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """Answer with an error; ``more`` stands beside it, as the report of a package does."""
    body = {"error": error_shape(error.as_dict()), **(more or {})}
    response = JsonResponse(body, status=error.http_status)
    if isinstance(error, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.context.get("seconds", 60))
    return sealed(response)


def sealed(response: HttpResponse) -> HttpResponse:
    """Let no cache keep the answer."""
    response["Cache-Control"] = "no-store"
    return response


def record_attempt(request: ApiRequest, error: ModuleError) -> None:
    """Write down who tried what, as pages do; looking for what is not there is no attempt."""
    caller = getattr(request, "caller", None)
    match = request.resolver_match
    if caller is None or match is None:
        return
    if request.method not in _LOOKING or isinstance(error, NotAllowed):
        target = str(next(iter(match.kwargs.values()), ""))
        action = f"api-{str(request.method).lower()}-{match.url_name}"
        audit.record_refusal(actor=caller.actor, action=action, target=target, error=error)


def operation_shape(operation: Operation) -> dict[str, Any]:
    """Return an operation as the command line prints it, its sentences readable."""
    record = operation_record(operation)
    if record["error"]:
        record["error"] = error_shape(record["error"])
    record["messages"] = [sentence(one, "text") for one in record["messages"] or ()]
    return {**record, "url": operation_url(operation.pk)}


def operation_url(number: int) -> str:
    """Return where an operation can be looked at."""
    return f"{ROOT}operations/{number}"


def findings_shape(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored report whose findings carry their sentence filled, as ``text``."""
    shown = dict(report)
    for kind in ("errors", "warnings", "notes", "works", "does_not"):
        if kind in shown:
            shown[kind] = [{**one, "text": sentence(one)} for one in shown[kind]]
    return shown
