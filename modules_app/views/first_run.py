"""First steps of modules: asked for by the overview and the module page, or left out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext

from modules_app.permissions import Right
from modules_app.services.first_run import OpenStep, leave_out, open_steps
from modules_app.views.http import PageRequest, methods, page


def steps_for(request: PageRequest, module_id: str = "") -> list[OpenStep]:
    """Return the steps that somebody who may open pages of modules has to do."""
    if Right.OPERATE not in request.actor.rights:
        return []
    return open_steps(get_language() or "en", module_id=module_id)


@methods("POST")
@page(Right.OPERATE)
def step_leave_out(request: PageRequest, module_id: str) -> HttpResponse:
    """Take a step from the list without doing it."""
    leave_out(actor=request.actor, module_id=module_id)
    messages.success(request, gettext("The first step is left out."))
    return redirect("module-detail", module_id)
