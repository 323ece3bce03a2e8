"""The page that applies changes to Asterisk: what waits, how files change, now or later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from modules_app.domain.model_events import DELETED
from modules_app.exceptions import ModuleError, Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from telephony_app.forms.apply import QuietForm
from telephony_app.selectors.apply import WaitingRecord, apply_state, waiting_changes
from telephony_app.selectors.captions import captions_of
from telephony_app.selectors.live import live_state
from telephony_app.services.apply import (
    apply_now,
    apply_when_quiet,
    cancel_apply,
    set_automatic,
)
from telephony_app.services.impact import calls_line
from telephony_app.surface.changes import changes_by_file, changes_by_owner

MOST_RECORDS = 100
_SHOWS = {"files": changes_by_file, "modules": changes_by_owner}


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def apply_page(request: PageRequest) -> HttpResponse:
    """Show what waits; with ``show=files`` or ``modules`` also how the files would change."""
    return _show(request, QuietForm())


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
def apply_do(request: PageRequest) -> HttpResponse:
    """Do what the button ``do`` says: now, quiet (with a time), cancel, automatic or manual."""
    form = QuietForm(request.POST)
    verb = request.POST.get("do", "")
    if verb == "quiet" and not form.is_valid():
        return _show(request, form, status=422)
    try:
        messages.success(request, _done(request, verb, form))
    except Refused as error:
        if error.http_status != 422:
            raise
        form.add_error("until", fill(gettext(error.message), error.context))
        return _show(request, form, status=422)
    return redirect("telephony-apply")


def _done(request: PageRequest, verb: str, form: QuietForm) -> str:
    """Carry a button out and return what to say."""
    actor = request.actor
    if verb == "now":
        apply_now(actor=actor)
        return gettext("It is tested and applied now.")
    if verb == "quiet":
        moment = form.moment()
        apply_when_quiet(actor=actor, until=moment)
        said = gettext("It is applied as soon as there is no call, at the latest at {until}.")
        return fill(said, {"until": f"{moment:%H:%M}"})
    if verb == "cancel":
        cancel_apply(actor=actor)
        return gettext("Taken back.")
    if verb not in ("automatic", "manual"):
        raise Refused("apply-verb", _("Choose one of the buttons."))
    set_automatic(actor=actor, automatic=verb == "automatic")
    if verb == "automatic":
        return gettext("Changes are applied by themselves from now on.")
    return gettext("Changes wait from now on until somebody applies them.")


def _show(request: PageRequest, form: QuietForm, *, status: int = 200) -> HttpResponse:
    records = waiting_changes()
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "state": apply_state(),
        "live": live_state(),
        "impact": calls_line(),
        "records": _captioned(records[:MOST_RECORDS]),
        "more": max(0, len(records) - MOST_RECORDS),
        "form": form,
        "show": show if show in _SHOWS else "",
        "may_change": Right.CHANGE_TELEPHONY in request.actor.rights,
        **_changes(show),
    }
    return full_or_part(request, "telephony/apply.html", "changes", context, status=status)


def _changes(show: str) -> dict[str, Any]:
    if show not in _SHOWS:
        return {}
    try:
        return {"changes": _SHOWS[show]()}
    except ModuleError as error:
        return {"changes": [], "trouble": error.as_dict()}


def _captioned(records: Sequence[WaitingRecord]) -> list[dict[str, Any]]:
    return [
        {"caption": caption, "is_gone": one.action == DELETED, "at": one.at}
        for one, caption in zip(records, captions_of(records), strict=True)
    ]
