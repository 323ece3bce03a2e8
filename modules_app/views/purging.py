"""What earlier versions left in a module's data, and the page that asks before it is deleted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.domain.leftovers import choose
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.modules import find_module, get_module_row
from modules_app.services.plans import plan_operation
from modules_app.services.purging import purge_columns
from modules_app.views.http import PageRequest, methods, page, request_key
from modules_app.views.modules import language
from modules_app.views.sudo import sudo


def _chosen(request: HttpRequest) -> dict[str, str]:
    asked = request.POST if request.method == "POST" else request.GET
    return {name: asked.get(name, "") for name in ("table", "column")}


def _what_goes(request: HttpRequest) -> str:
    """Return in words what is deleted for good."""
    if _chosen(request)["table"]:
        return _("Delete a part of the left-over data of “{target}”")
    return _("Delete the left-over data of “{target}”")


@methods("GET", "POST")
@page(Right.REMOVE)
@sudo(_what_goes)
def purge(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for deleting left-overs (POST), or count first what is lost with them (GET)."""
    chosen = _chosen(request)
    if request.method == "POST":
        target = " ".join((module_id, *filter(None, chosen.values())))
        key = request_key(request, Verb.PURGE, target)
        operation = purge_columns(
            actor=request.actor, module_id=module_id, request_key=key, **chosen
        )
        return redirect("operation-detail", operation.pk)
    module = find_module(module_id)
    context = {
        "row": get_module_row(module.id, language()),
        "question": gettext("Delete what is left over?"),
        "plan": plan_operation(verb=Verb.PURGE, module_id=module.id, options=chosen),
        "offered": bool(choose(module.facts.get("left_over") or {}, **chosen)),
        **chosen,
    }
    return render(request, "modules/purge.html", context)
