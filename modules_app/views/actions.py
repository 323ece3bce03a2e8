"""Asking for a verb: each has a page that says what will happen, and a POST that queues it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from modules_app.domain.dependencies.plan import Dependent
from modules_app.domain.states import Verb
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.permissions import Right
from modules_app.selectors.modules import ModuleRow, find_module, get_module_row
from modules_app.selectors.sizes import data_bytes
from modules_app.services.batches import plan_batch
from modules_app.services.impact import impact_of
from modules_app.services.lifecycle import (
    disable_module,
    enable_module,
    remove_module,
    repair_module,
    rollback_module,
)
from modules_app.services.plans import plan_operation
from modules_app.services.verification import verify_modules
from modules_app.surfaces.preview import preview
from modules_app.views.http import (
    PageRequest,
    full_or_part,
    methods,
    page,
    request_key,
)
from modules_app.views.modules import language, row_fragment
from modules_app.views.sudo import sudo


@methods("GET", "POST")
@page(Right.OPERATE)
def enable(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for enabling (POST), or show what it would do (GET)."""
    if request.method != "POST":
        return _confirm(request, module_id, Verb.ENABLE)
    return _queued(request, module_id, Verb.ENABLE, enable_module)


@methods("GET", "POST")
@page(Right.OPERATE)
def disable(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for disabling (POST; ``force`` does not ask the module), or confirm first (GET)."""
    if request.method != "POST":
        return _confirm(request, module_id, Verb.DISABLE)
    force = request.POST.get("force") == "1"
    return _queued(request, module_id, Verb.DISABLE, disable_module, force=force)


def _what_goes(request: HttpRequest) -> str:
    """Return in words what a removal takes away."""
    if request.POST.get("data") == "delete":
        return _("Remove “{target}” and delete its data for good")
    return _("Remove “{target}” and keep its data")


@methods("GET", "POST")
@page(Right.REMOVE)
@sudo(_what_goes)
def remove(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for removal (POST), or confirm first: keep the data, or delete it and type the name."""
    if request.method != "POST":
        return _confirm(request, module_id, Verb.REMOVE)
    keep = request.POST.get("data", "keep") != "delete"
    if not keep and request.POST.get("typed", "").strip() != get_module_row(module_id).id:
        problem = gettext("Type the id of the module exactly, because its data will be deleted.")
        return _confirm(request, module_id, Verb.REMOVE, problem=problem, delete=True)
    force = request.POST.get("force") == "1"
    return _queued(request, module_id, Verb.REMOVE, remove_module, keep_data=keep, force=force)


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Return “{target}” to the version before"))
def rollback(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for the return to the version before (POST), or say first what it would lose (GET)."""
    if request.method != "POST":
        return _confirm(request, module_id, Verb.ROLLBACK)
    return _queued(request, module_id, Verb.ROLLBACK, rollback_module)


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Repair “{target}”"))
def repair(request: PageRequest, module_id: str) -> HttpResponse:
    """Ask for writing damaged files anew (POST), or say first what that does (GET)."""
    if request.method != "POST":
        return _confirm(request, module_id, Verb.REPAIR)
    return _queued(request, module_id, Verb.REPAIR, repair_module)


@methods("POST")
@page(Right.OPERATE)
def verify(request: PageRequest, module_id: str) -> HttpResponse:
    """Compare files and data with what was installed, and show what was found on the module."""
    [found] = verify_modules(actor=request.actor, module_ids=[module_id])
    if found.sound:
        messages.success(request, gettext("Files and data are as they were installed."))
    else:
        messages.error(request, gettext("Damage was found; see “Checks” below."))
    return redirect("module-detail", found.module_id)


def _queued(
    request: PageRequest,
    module_id: str,
    verb: Verb,
    service: Callable[..., Operation],
    **options: Any,
) -> HttpResponse:
    key = request_key(request, verb, module_id)
    operation = service(actor=request.actor, module_id=module_id, request_key=key, **options)
    if request.htmx:
        return row_fragment(request, module_id, operation.pk)
    return redirect("operation-detail", operation.pk)


def _confirm(
    request: PageRequest, module_id: str, verb: Verb, *, problem: str = "", delete: bool = False
) -> HttpResponse:
    module = find_module(module_id)
    row = get_module_row(module.id, language())
    question, button = _wording(row, verb)
    files = preview(verb=verb, module_id=module.id)
    removes = verb is Verb.REMOVE
    context = {
        "row": row,
        "verb": str(verb),
        "question": question,
        "button": button,
        "offered": verb in row.verbs,
        "dependents": _dependents(verb, module.id),
        "plan": [*plan_operation(verb=verb, module_id=module.id, options={}), *files.sentences],
        "impact": impact_of([(verb, module.id, ())]) if removes else [],
        "differences": files.differences,
        "data_bytes": data_bytes(module),
        "problem": problem,
        "delete": delete,
        "force": "1" in (request.GET.get("force"), request.POST.get("force")),
    }
    template = "modules/remove.html" if removes else "modules/confirm.html"
    part = "plan" if request.GET.get("part") == "plan" and not removes else "dialog"
    return full_or_part(request, template, part, context, status=422 if problem else 200)


def _dependents(verb: Verb, module_id: str) -> tuple[Dependent, ...]:
    """Return the enabled modules that need what is to be switched off."""
    if verb not in (Verb.DISABLE, Verb.REMOVE):
        return ()
    return plan_batch(verb=verb, ids=[module_id]).dependents


def _wording(row: ModuleRow, verb: Verb) -> tuple[str, str]:
    """Return the question that a verb's page asks, and the word on its button."""
    texts = {
        Verb.ENABLE: (gettext("Enable {name}?"), gettext("Enable")),
        Verb.DISABLE: (gettext("Disable {name}?"), gettext("Disable")),
        Verb.ROLLBACK: (gettext("Return {name} to {version}?"), gettext("Return to {version}")),
        Verb.REPAIR: (gettext("Repair {name}?"), gettext("Repair")),
        Verb.REMOVE: (gettext("Remove {name}?"), gettext("Remove")),
    }
    filling = {"name": row.title, "version": row.previous_version}
    question, button = (fill(text, filling) for text in texts[verb])
    return question, button
