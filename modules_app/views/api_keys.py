"""API keys: a person's own, for a superuser everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import ModuleError, Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.api_keys import ApiKeyForm, scope_label
from modules_app.models import ApiToken
from modules_app.selectors.api_keys import find_key, key_state, list_keys, offered_scopes
from modules_app.services.api_keys import create_key, revoke_key
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the list."""

    token: ApiToken
    state: str
    scopes: tuple[str, ...]


@methods("GET")
@page(None)
def key_list(request: PageRequest) -> HttpResponse:
    """List the person's own keys; superusers may look at all of them with ``?who=all``."""
    everybody = request.user.is_superuser and request.GET.get("who") == "all"
    found = list_keys(owner=None if everybody else request.user)[:_SHOWN]
    rows = [KeyRow(one, key_state(one), _in_words(one)) for one in found]
    may_make = bool(offered_scopes(request.actor.rights))
    context = {"rows": rows, "everybody": everybody, "may_make": may_make}
    return render(request, "account/api_keys.html", context)


@methods("GET", "POST")
@page(None)
@sudo(_("Make an API key"))
def key_new(request: PageRequest) -> HttpResponse:
    """Show the form (GET), or make the key and show it, once and never again (POST)."""
    offered = offered_scopes(request.actor.rights)
    if request.method != "POST":
        form = ApiKeyForm(offered=offered, initial={"scopes": offered[:1]})
        return render(request, "account/api_key_new.html", {"form": form})
    form = ApiKeyForm(request.POST, offered=offered)
    if form.is_valid():
        try:
            made = create_key(actor=request.actor, owner=request.user, **form.wanted())
        except Refused as error:
            form.add_error(_field_of(error), fill(gettext(error.message), error.context))
        else:
            return render(request, "account/api_key_made.html", {"made": made})
    return render(request, "account/api_key_new.html", {"form": form}, status=422)


def _name(key_id: int) -> str:
    return find_key(key_id=key_id).name


@methods("POST")
@page(None)
@sudo(_("Revoke the API key {target}"), target=_name)
def key_revoke(request: PageRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    owner: Any = None if request.user.is_superuser else request.user
    token = revoke_key(actor=request.actor, key_id=key_id, owner=owner)
    said = gettext("The key %(name)s no longer works.") % {"name": token.name}
    messages.success(request, said)
    response = redirect("api-keys")
    if request.POST.get("who") == "all":
        response["Location"] += "?who=all"
    return response


def _in_words(token: ApiToken) -> tuple[str, ...]:
    return tuple(scope_label(scope) for scope in token.scopes)


def _field_of(error: ModuleError) -> str | None:
    fields = {"key-network-invalid": "networks", "key-scope-unknown": "scopes"}
    return fields.get(error.slug, "name")
