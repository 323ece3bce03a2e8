"""Where somebody is logged in, and ending that (reference R6.3)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.sessions import open_sessions
from modules_app.services.sessions import revoke_other_sessions, revoke_session
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(None)
def session_list(request: PageRequest) -> HttpResponse:
    """List the person's own sessions; superusers may look at everybody's with ``?who=all``."""
    everybody = request.user.is_superuser and request.GET.get("who") == "all"
    rows = open_sessions(user=None if everybody else request.user, this=request.actor.session)
    others = any(row.username == request.user.get_username() and not row.is_this for row in rows)
    context = {"rows": rows, "everybody": everybody, "others": others}
    return render(request, "account/sessions.html", context)


@methods("POST")
@page(None)
@sudo(_("End the session {target}"))
def session_revoke(request: PageRequest, name: str) -> HttpResponse:
    """End one session, the person's own or for a superuser anybody's."""
    ended = revoke_session(actor=request.actor, user=request.user, name=name)
    if ended.name == request.actor.session:
        return redirect("login")
    said = gettext("The session of %(name)s at %(address)s was ended.")
    messages.success(request, said % {"name": ended.username, "address": ended.address or "?"})
    return _back(request)


@methods("POST")
@page(None)
@sudo(_("End all your other sessions"))
def session_revoke_others(request: PageRequest) -> HttpResponse:
    """Leave the person logged in only here."""
    count = revoke_other_sessions(actor=request.actor, user=request.user)
    said = ngettext("%(n)d other session was ended.", "%(n)d other sessions were ended.", count)
    messages.success(request, said % {"n": count})
    return _back(request)


def _back(request: PageRequest) -> HttpResponse:
    response = redirect("session-list")
    if request.POST.get("who") == "all":
        response["Location"] += "?who=all"
    return response
