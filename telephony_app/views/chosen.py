"""Several extensions at once: what will happen, its one confirmation, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo
from telephony_app.selectors.lists import phones, phones_among
from telephony_app.services.deletions import Outlook, outlook
from telephony_app.services.extensions import delete_extensions, disable_extensions
from telephony_app.views.wishes import Wish, read_wish

_NAMED = 20
_WHAT = {
    "on": _("These phones can register and be called again:"),
    "off": _("These phones can neither register nor be called any more; they stay stored:"),
    "delete": _("These phones are deleted for good:"),
}
_BUTTONS = {"on": _("Switch on"), "off": _("Switch off"), "delete": _("Delete")}


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
def extension_chosen(request: PageRequest) -> HttpResponse:
    """Show what a verb does with the chosen extensions."""
    wish = read_wish(request)
    return redirect("extension-list") if wish is None else _show(request, wish)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Change several extensions at once"))
def extension_chosen_do(request: PageRequest) -> HttpResponse:
    """Do it with all of them or with none, and say what came of it.

    Whoever chose all that match, or those that nobody uses, agreed to a number of them; with
    another number they are asked again.
    """
    wish = read_wish(request)
    if wish is None:
        return redirect("extension-list")
    ids = _agreed(request, wish)
    if not ids:
        return _show(request, wish)
    try:
        done = _do(request, wish.verb, ids)
    except ModuleError as error:
        return _show(request, wish, error.as_dict())
    messages.success(request, _said(wish.verb, done))
    return redirect("extension-list")


def _agreed(request: PageRequest, wish: Wish) -> Sequence[int]:
    """Return what the person agreed to, nothing when that are not as many any more."""
    ids: Sequence[int] = _ids(wish)
    unused = request.POST.get("unused") == "1"
    if unused and wish.verb == "delete":
        ids = _outlook(request, ids).going
    counted = wish.all or unused
    return () if counted and str(len(ids)) != request.POST.get("count") else ids


def _do(request: PageRequest, verb: str, ids: Sequence[int]) -> int:
    if verb == "delete":
        anyway = request.POST.get("anyway") == "1"
        return delete_extensions(actor=request.actor, record_ids=ids, anyway=anyway)
    return disable_extensions(actor=request.actor, record_ids=ids, disabled=verb == "off")


def _outlook(request: PageRequest, ids: Sequence[int]) -> Outlook:
    """Return which of the chosen records would go, and which would stay because of what."""
    rows = phones_among(ids).order_by("number")
    return outlook(actor=request.actor, phones=list(rows))


def _ids(wish: Wish) -> list[int]:
    """Return the numbers of the chosen records that are still there."""
    found = phones(wish.asked) if wish.all else phones_among(wish.ids)
    return list(found.order_by("number").values_list("pk", flat=True))


def _show(request: PageRequest, wish: Wish, problem: dict[str, Any] | None = None) -> HttpResponse:
    ids = _ids(wish)
    seen = _outlook(request, ids) if wish.verb == "delete" else Outlook(ids)
    named = phones_among(seen.going[:_NAMED]).order_by("number").values_list("number", "name")
    unknown = seen.unknown.as_dict() if seen.unknown else None
    context = {
        "wish": wish,
        "ids": " ".join(map(str, ids)),
        "count": len(seen.going),
        "named": list(named),
        "more": max(0, len(seen.going) - _NAMED),
        "staying": len(seen.staying),
        "staying_named": seen.staying[:_NAMED],
        "staying_more": max(0, len(seen.staying) - _NAMED),
        "heading": _heading(wish.verb, len(seen.going) or len(ids)),
        "what": gettext(_WHAT[wish.verb]),
        "button": gettext(_BUTTONS[wish.verb]),
        "problem": problem or unknown,
    }
    return render(request, "telephony/chosen.html", context, status=422 if problem else 200)


def _heading(verb: str, count: int) -> str:
    if verb == "delete":
        said = ngettext("Delete %(n)d extension?", "Delete %(n)d extensions?", count)
    elif verb == "off":
        said = ngettext("Switch %(n)d extension off?", "Switch %(n)d extensions off?", count)
    else:
        said = ngettext("Switch %(n)d extension on?", "Switch %(n)d extensions on?", count)
    return said % {"n": count}


def _said(verb: str, count: int) -> str:
    if verb == "delete":
        said = ngettext("%(n)d extension is deleted.", "%(n)d extensions are deleted.", count)
    elif verb == "off":
        said = ngettext(
            "%(n)d extension is switched off.", "%(n)d extensions are switched off.", count
        )
    else:
        said = ngettext(
            "%(n)d extension is switched on.", "%(n)d extensions are switched on.", count
        )
    return said % {"n": count}
