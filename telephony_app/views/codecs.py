"""The page of codecs: which are offered, in which order."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from modules_app.exceptions import Refused, fill
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from telephony_app.domain.words import Media
from telephony_app.models import Codec
from telephony_app.services.codecs import change_codec, set_codecs
from telephony_app.views.lists import moved, sent_number


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def codec_list(request: PageRequest) -> HttpResponse:
    """Show the codecs for voice and for video."""
    return _list(request)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
def codec_change(request: PageRequest) -> HttpResponse:
    """Switch a codec ``on`` or ``off``, or move it ``up`` or ``down``: the field has its number."""
    said = ""
    try:
        _change(request)
    except Refused as error:
        if error.http_status != 422:
            raise
        said = fill(gettext(error.message), error.context)
    if request.htmx and not said:
        return _list(request)
    if said:
        messages.warning(request, said)
    response = redirect("codec-list")
    if request.htmx:
        response = HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def _change(request: PageRequest) -> None:
    for name in ("on", "off"):
        if name in request.POST:
            number = sent_number(request, name)
            values = {"disabled": name == "off"}
            change_codec(actor=request.actor, record_id=number, values=values)
            return
    _move(request)


def _move(request: PageRequest) -> None:
    """Move a codec among those of its kind; the others stay where they are."""
    rows = list(Codec.objects.order_by("media", "priority", "name"))
    names = {row.pk: row.name for row in rows}
    for media in Media:
        order = moved(request, [row.pk for row in rows if row.media == media])
        if order:
            enabled = [row.name for row in rows if not row.disabled]
            set_codecs(actor=request.actor, enabled=enabled, order=[names[pk] for pk in order])


def _list(request: PageRequest) -> HttpResponse:
    rows = list(Codec.objects.order_by("media", "priority", "name"))
    headings = {Media.AUDIO: gettext("Voice"), Media.VIDEO: gettext("Video")}
    groups = [(headings[m], [row for row in rows if row.media == m]) for m in Media]
    may_change = Right.CHANGE_TELEPHONY in request.actor.rights
    context = {"groups": groups, "may_change": may_change}
    return full_or_part(request, "telephony/codecs.html", "results", context)
