"""Changes of core records on their way to modules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from modules_app.permissions import Right
from modules_app.selectors.events import event_page
from modules_app.selectors.workers import supervisor_runs
from modules_app.views.http import PageRequest, methods, page


@methods("GET")
@page(Right.INSTALL)
def event_list(request: PageRequest) -> HttpResponse:
    """Show how far each module is, what happened last, and what was given up."""
    found = event_page(request.GET.get("module", "")[:64])
    context = {"found": found, "supervised": supervisor_runs()}
    return render(request, "events/list.html", context)
