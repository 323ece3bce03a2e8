"""Deleting the data that a removed module left behind."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.packages import get_kept
from modules_app.services.impact import impact_of
from modules_app.services.lifecycle import remove_module
from modules_app.views.http import PageRequest, methods, page, request_key
from modules_app.views.sudo import sudo


@methods("GET", "POST")
@page(Right.REMOVE)
@sudo(_("Delete the kept data of “{target}”"))
def kept_delete(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for the typed name (GET), then queue the deletion for good (POST)."""
    kept = get_kept(module_id)
    typed = request.POST.get("typed", "").strip()
    if request.method == "POST" and typed == kept.module_id:
        key = request_key(request, "delete-kept", kept.module_id)
        operation = remove_module(
            actor=request.actor, module_id=kept.module_id, keep_data=False, request_key=key
        )
        return redirect("operation-detail", operation.pk)
    problem = ""
    if request.method == "POST":
        problem = gettext("Type the id of the module exactly, because its data will be deleted.")
    impact = impact_of([(Verb.REMOVE, kept.module_id, ())])
    context = {"kept": kept, "problem": problem, "impact": impact}
    return render(request, "pages/kept.html", context, status=422 if problem else 200)
