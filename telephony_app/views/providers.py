"""The pages of providers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.forms.providers import ProviderForm
from telephony_app.models import Provider
from telephony_app.selectors.lists import enabled_codecs, list_providers
from telephony_app.selectors.live import live_state, shown_provider
from telephony_app.selectors.records import find_record
from telephony_app.services.providers import change_provider, create_provider, delete_provider
from telephony_app.views.lists import list_context, read_asked
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

KIND = Kind(
    name="provider",
    address="/providers/",
    title=_("Providers"),
    new=_("New provider"),
    saved=_("Provider %(name)s is saved."),
    delete=_("Delete provider %(name)s?"),
    deleted=_("Provider %(name)s is deleted."),
    loss=_("No calls come from it or leave by it any more."),
    extra="Providers",
)


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def provider_list(request: PageRequest) -> HttpResponse:
    """Show the providers; htmx gets the results alone."""
    listed, live = list_providers(read_asked(request)), live_state()
    for row in listed.rows:
        row.live = shown_provider(live, row.uniqid, row.registration)
    context = list_context(request, KIND.address, listed)
    return full_or_part(request, "telephony/providers.html", "results", context)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
def provider_new(request: PageRequest) -> HttpResponse:
    """Show an empty provider (GET), or add it (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
def provider_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show a provider (GET), or store it (POST)."""
    return _edit(request, find_record(Provider, record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete a provider"))
def provider_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask, and say who refers to it (GET), or delete it (POST)."""
    return delete(request, KIND, find_record(Provider, record_id), delete_provider)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Show the password of a provider"))
def provider_secret(request: PageRequest, record_id: int) -> HttpResponse:
    """Show the password at a provider."""
    record = find_record(Provider, record_id)
    return reveal(request, KIND, record, record.secret)


def values_of(record: Provider) -> dict[str, Any]:
    """Return what is stored of a provider, without its password."""
    names = (*ProviderForm.models[Provider], "registration", "additional_hosts", "codecs")
    return {name: getattr(record, name) for name in names}


def _edit(request: PageRequest, record: Provider | None) -> HttpResponse:
    fresh = {"registration": "outbound", "secret": ""}
    initial = initial_of(record, values_of(record) if record else fresh)
    form = ProviderForm(sent(request), codecs=enabled_codecs(), initial=initial)
    save = storing(request, record, create_provider, change_provider)
    return edit(request, Editing(KIND, form, record, save, values_of))
