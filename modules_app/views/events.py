"""Changes of core records on their way to modules."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.events import event_page
from modules_app.selectors.workers import supervisor_runs
from modules_app.services.second_tries import retry_event
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(Right.INSTALL)
def event_list(request: PageRequest) -> HttpResponse:
    """Show how far each module is, what happened last, and what was given up."""
    found = event_page(request.GET.get("module", "")[:64])
    context = {"found": found, "supervised": supervisor_runs()}
    return render(request, "events/list.html", context)


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Tell a module of an event again"))
def event_retry(request: PageRequest, lost_id: int) -> HttpResponse:
    """Tell the module once more of what was given up."""
    lost = retry_event(actor=request.actor, lost_id=lost_id)
    messages.success(request, gettext("“%(id)s” has taken the event now.") % {"id": lost.module_id})
    return redirect("events")
