"""Several modules at once: the plan, its one confirmation, and what came of each (U2.3 rule 7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Batch
from modules_app.permissions import Right, require
from modules_app.selectors.batches import BatchPage, get_batch
from modules_app.selectors.packages import list_uploads
from modules_app.services.batches import RIGHTS, PlanRefused, cancel_batch, start_batch
from modules_app.views.batch_plan import PlanView, look_at
from modules_app.views.http import PageRequest, full_or_part, methods, page, request_key
from modules_app.views.sudo import sudo
from modules_app.views.wishes import Wish, plan_address, read_wish

_MOST_NAMED = 5
"""Modules that the question for the password names; it counts the rest."""

_WHAT = {
    Verb.INSTALL: _("Install several packages: {target}"),
    Verb.UPGRADE: _("Upgrade several modules: {target}"),
    Verb.ENABLE: _("Enable several modules: {target}"),
    Verb.DISABLE: _("Disable several modules: {target}"),
    Verb.REMOVE: _("Remove several modules and keep their data: {target}"),
}
_DELETE = _("Remove several modules and delete their data for good: {target}")
_NOTHING = _("Do nothing: no module was chosen")


def _what(request: Any) -> str:
    """Return in words what a batch would do; who may not do it is not asked for the password."""
    wish = read_wish(request)
    if wish is None:
        return _NOTHING
    require(request.actor, RIGHTS[wish.verb])
    deletes = wish.verb is Verb.REMOVE and not wish.keep_data
    return _DELETE if deletes else _WHAT[wish.verb]


def _whom(request: HttpRequest) -> str:
    """Return the modules of a wish in a few words."""
    wish = read_wish(request)
    if wish is None:
        return ""
    names = look_at(wish).asked_for
    more = f" + {len(names) - _MOST_NAMED}" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


@methods("GET", "POST")
@page(Right.VIEW)
def batch_plan(request: PageRequest) -> HttpResponse:
    """Show what the verb would do to the chosen modules, and what may be chosen about it.

    It takes a POST because many modules do not fit into an address; nothing is changed by it.
    """
    wish = read_wish(request)
    if wish is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "batches/nothing.html", status=status)
    require(request.actor, RIGHTS[wish.verb])
    return _plan_page(request, look_at(wish))


@methods("POST")
@page(Right.VIEW)
@sudo(_what, whom=_whom)
def batch_start(request: PageRequest) -> HttpResponse:
    """Queue the plan and go to its page; whatever stands against it is shown on the plan again."""
    wish = read_wish(request)
    if wish is None:
        return render(request, "batches/nothing.html", status=422)
    require(request.actor, RIGHTS[wish.verb])
    if not _may_delete(request, wish):
        problem = gettext("Type exactly what is asked for, because data will be deleted.")
        return _plan_page(request, look_at(wish), problem=problem)
    try:
        batch = _start(request, wish)
    except PlanRefused:
        return _plan_page(request, look_at(wish), problem=gettext("Nothing was begun."))
    return redirect("batch-detail", batch.pk)


def _may_delete(request: PageRequest, wish: Wish) -> bool:
    """Tell whether no data goes, or the person typed what the plan asks for."""
    if wish.verb is not Verb.REMOVE or wish.keep_data:
        return True
    return request.POST.get("typed", "").strip() == look_at(wish).to_type


def _start(request: PageRequest, wish: Wish) -> Batch:
    subject = ",".join((*wish.ids, *wish.uploads))
    return start_batch(
        actor=request.actor,
        verb=wish.verb,
        ids=wish.ids,
        upload_ids=wish.uploads,
        enable=wish.enable,
        cascade=wish.cascade,
        keep_data=wish.keep_data,
        force=wish.force,
        mode=wish.mode,
        without=wish.without,
        request_key=request_key(request, f"batch-{wish.verb}", subject),
    )


@methods("GET")
@page()
def batch_detail(request: PageRequest, batch_id: int) -> HttpResponse:
    """Show what came of each module; the page asks again each second only while it is open."""
    found = get_batch(batch_id)
    context = {"found": found, "batch": found.batch, "again": _again(found)}
    return full_or_part(request, "batches/detail.html", "progress", context)


@methods("POST")
@page(Right.OPERATE)
def batch_cancel(request: PageRequest, batch_id: int) -> HttpResponse:
    """End what waits, ask what runs to stop, and show the batch."""
    batch = cancel_batch(actor=request.actor, batch_id=batch_id)
    messages.info(request, gettext("What had not begun was cancelled."))
    return redirect("batch-detail", batch.pk)


def _plan_page(request: PageRequest, view: PlanView, *, problem: str = "") -> HttpResponse:
    context = {**view.context(request.actor.rights), "problem": problem}
    status = 422 if problem else 200
    return full_or_part(request, "batches/plan.html", "form", context, status=status)


def _again(found: BatchPage) -> str:
    """Return the address of a plan for what was not done, empty when that is no more possible."""
    if found.open:
        return ""
    missing = [
        item.operation for item in found.items if item.operation and item.outcome != Outcome.DONE
    ]
    same = [one for one in missing if one.verb == found.batch.verb]
    verb = Verb(found.batch.verb)
    if verb in (Verb.INSTALL, Verb.UPGRADE):
        wanted = [str(one.options.get("upload", "")) for one in missing]
        waiting = {str(one.pk) for one in list_uploads()}
        uploads = [one for one in wanted if one in waiting]
        return plan_address(verb, uploads=uploads) if uploads else ""
    return plan_address(verb, ids=[one.module_id for one in same]) if same else ""
