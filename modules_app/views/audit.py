"""Who did what: the audit trail, filtered and exported."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render

from modules_app.exceptions import gettext_noop as _
from modules_app.forms.audit import AuditForm
from modules_app.permissions import Right
from modules_app.selectors.audit import find_events, known_values
from modules_app.services.audit_export import export_audit
from modules_app.templatetags.module_ui import action_name, outcome_name
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo

ROWS = 50
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@methods("GET")
@page(Right.INSTALL)
def audit_list(request: PageRequest) -> HttpResponse:
    """Show the events that the filters want, the newest first, fifty at a time."""
    form = _form(request.GET)
    wanted = form.wanted()
    before = request.GET.get("before", "")
    found = find_events(wanted)
    events = list((found.filter(pk__lt=int(before)) if before.isdecimal() else found)[: ROWS + 1])
    context = {
        "form": form,
        "events": events[:ROWS],
        "older": events[ROWS - 1].pk if len(events) > ROWS else None,
        "paged": bool(before),
        "filtered": bool(wanted.as_dict()),
        "query": _query(wanted.as_dict()),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "audit/list.html", context, status=status)


@methods("GET")
@page(Right.INSTALL)
@sudo(_("Download the audit as {target}"), methods=("GET",))
def audit_export(request: PageRequest, kind: str) -> StreamingHttpResponse:
    """Send the events that the filters want as one file."""
    wanted = _form(request.GET).wanted()
    pieces = export_audit(actor=request.actor, wanted=wanted, kind=kind)
    response = StreamingHttpResponse(pieces, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _form(sent: QueryDict) -> AuditForm:
    values = {name: sent.get(name, "") for name in AuditForm.base_fields}
    actions = [(value, action_name(value)) for value in known_values("action")]
    outcomes = [(value, outcome_name(value)) for value in known_values("outcome")]
    return AuditForm(values, actions=actions, outcomes=outcomes)


def _query(values: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
