"""The pages of extensions: the list, one phone, deleting one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.domain.passwords import new_secret
from telephony_app.forms.extensions import ExtensionForm
from telephony_app.models import Extension, SipAccount
from telephony_app.selectors.lists import (
    EXTENSION_SORTS,
    Listed,
    enabled_codecs,
    list_extensions,
    suggest_numbers,
)
from telephony_app.selectors.records import find_phone
from telephony_app.services.extensions import (
    change_extension,
    create_extension,
    delete_extension,
)
from telephony_app.views.lists import (
    drawn_extensions,
    query_of,
    read_asked,
    sort_links,
    state_chips,
)
from telephony_app.views.records import (
    Editing,
    Kind,
    delete,
    edit,
    initial_of,
    reveal,
    sent,
    storing,
)
from telephony_app.views.wishes import read_ids

KIND = Kind(
    name="extension",
    address="/extensions/",
    title=_("Extensions"),
    new=_("New extension"),
    saved=_("Extension %(name)s is saved."),
    delete=_("Delete extension %(name)s?"),
    deleted=_("Extension %(name)s is deleted."),
    loss=_("Its phone can neither register nor be called any more."),
    extra="Extensions",
)


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def extension_list(request: PageRequest) -> HttpResponse:
    """Show the extensions that match search and filter; htmx gets the results alone."""
    listed = list_extensions(read_asked(request, EXTENSION_SORTS))
    may_change = Right.CHANGE_TELEPHONY in request.actor.rights
    context = {
        "listed": listed,
        "chips": state_chips(listed),
        "sorts": sort_links(listed.asked),
        "address": KIND.address,
        "may_change": may_change,
        "all_query": query_of(listed.asked, all="1"),
        **_choice(request, listed, may_change),
    }
    return full_or_part(request, "telephony/extensions.html", "results", context)


def _choice(request: PageRequest, listed: Listed, may_change: bool) -> dict[str, Any]:
    """Return what is ticked, also on other pages, and the lines drawn accordingly."""
    everything = may_change and request.GET.get("all") == "1"
    chosen = [] if everything else read_ids(request)
    shown = {row.id for row in listed.rows}
    lines = drawn_extensions(
        listed.rows, may_change=may_change, chosen=chosen, all_chosen=everything
    )
    return {
        "all": everything,
        "chosen": chosen,
        "hidden_ids": [one for one in chosen if one not in shown],
        "lines": lines,
    }


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
def extension_new(request: PageRequest) -> HttpResponse:
    """Show an empty phone with a fresh password (GET), or add it (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
def extension_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show a phone (GET), or store it (POST)."""
    return _edit(request, find_phone(record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete an extension"))
def extension_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask, and say who refers to it (GET), or delete it (POST)."""
    return delete(request, KIND, find_phone(record_id), delete_extension)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Show the password of an extension"))
def extension_secret(request: PageRequest, record_id: int) -> HttpResponse:
    """Show the password of a phone."""
    record = find_phone(record_id)
    return reveal(request, KIND, record, record.sip.secret)


def values_of(record: Extension) -> dict[str, Any]:
    """Return what is stored of a phone, without its password."""
    account = record.sip
    found = {name: getattr(record, name) for name in ExtensionForm.models[Extension]}
    found |= {name: getattr(account, name) for name in ExtensionForm.models[SipAccount]}
    return {**found, "codecs": account.codecs}


@methods("GET")
@page(Right.CHANGE_TELEPHONY)
def secret_new(request: PageRequest) -> HttpResponse:
    """Return the field of a form with a fresh password in it."""
    name = "password" if request.GET.get("name") == "password" else "secret"
    context = {"name": name, "secret": new_secret()}
    response = render(request, "telephony/secret_input.html", context)
    response["Cache-Control"] = "no-store"
    return response


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def number_options(request: PageRequest) -> HttpResponse:
    """Return numbers that fit what somebody types, as options for a list."""
    text = request.GET.get("extension") or request.GET.get("q") or ""
    context = {"numbers": suggest_numbers(text.strip())}
    return render(request, "telephony/number_options.html", context)


def _edit(request: PageRequest, record: Extension | None) -> HttpResponse:
    initial = initial_of(record, values_of(record) if record else {})
    form = ExtensionForm(sent(request), codecs=enabled_codecs(), initial=initial)
    save = storing(request, record, create_extension, change_extension)
    return edit(request, Editing(KIND, form, record, save, values_of))
