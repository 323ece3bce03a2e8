"""Operations: what runs, what ran, and one of them stage by stage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext

from modules_app.domain.operations import Outcome
from modules_app.models import Operation
from modules_app.permissions import Right
from modules_app.selectors.history import counterpart
from modules_app.selectors.modules import get_module_row
from modules_app.selectors.operations import OperationPage, get_operation, list_operations
from modules_app.selectors.owner import quiet_sentence
from modules_app.services.lifecycle import cancel_operation
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.rows import buttons

_NOT_DONE = (Outcome.FAILED, Outcome.REFUSED, Outcome.ABORTED, Outcome.CANCELLED)


@methods("GET")
@page()
def operation_list(request: PageRequest) -> HttpResponse:
    """List the newest operations, of one module when asked; the page asks again for news."""
    module_id = request.GET.get("module", "")[:64]
    operations = list(list_operations(module_id=module_id, limit=100))
    state = _state_of_all(operations)
    if request.htmx and request.GET.get("seen") == state:
        return HttpResponse(status=204)
    context = {"operations": operations, "module_id": module_id, "state": state}
    return full_or_part(request, "operations/list.html", "operations", context)


def _state_of_all(operations: Iterable[Operation]) -> str:
    """Return a short text that differs as soon as the list would look different."""
    facts = ":".join(f"{operation.pk}{operation.outcome}" for operation in operations)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


@methods("GET")
@page()
def operation_detail(request: PageRequest, operation_id: int) -> HttpResponse:
    """Show one operation; the page asks again each second only while it is open."""
    found = get_operation(operation_id)
    context = {
        "found": found,
        "operation": found.operation,
        "failed_stage": _failed_stage(found),
        "state_now": gettext(found.state_sentence) if found.state_sentence else "",
        "last_news": found.operation.beat_at or found.operation.queued_at,
        "quiet": quiet_sentence(found.operation) if found.news_is_old else "",
        **_afterwards(found, request.actor.rights),
        "counterpart": counterpart(found.operation),
    }
    return full_or_part(request, "operations/detail.html", "progress", context)


def _failed_stage(found: OperationPage) -> str:
    labels = [gettext(step.label) for step in found.steps if step.outcome in _NOT_DONE]
    return labels[0] if labels else ""


def _afterwards(found: OperationPage, rights: frozenset[Right]) -> dict[str, Any]:
    """Return the module as it is after the operation, and the way out if it needs one."""
    if found.open or not found.module_exists:
        return {"row": None}
    row = get_module_row(found.operation.module_id, get_language() or "en")
    led_out = buttons(row, rights) if found.went_wrong and row.needs_a_person else {}
    return {"row": row, **led_out}


@methods("POST")
@page(Right.OPERATE)
def operation_cancel(request: PageRequest, operation_id: int) -> HttpResponse:
    """Ask the operation to stop, and show it."""
    operation = cancel_operation(actor=request.actor, operation_id=operation_id)
    return redirect("operation-detail", operation.pk)
