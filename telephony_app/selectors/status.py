"""Telephones and providers with how they stand, for the status page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from telephony_app.domain.words import Kind
from telephony_app.models import Extension, Provider
from telephony_app.selectors.live import LiveState, Shown, shown, shown_provider


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One telephone or provider as people call it; ``more`` says the rest of its names.

    ``contacts`` are where it can be reached.
    """

    id: int
    title: str
    more: str
    status: Shown
    contacts: tuple[dict[str, Any], ...] = ()


def phones_on_page(live: LiveState, number: int, size: int) -> Page[StatusRow]:
    """Return one page of the telephones that are switched on, by number."""
    rows = Extension.objects.filter(kind=Kind.PHONE, sip__disabled=False).order_by("number")
    found = Paginator(rows.values_list("id", "number", "name"), size).get_page(number)
    found.object_list = [
        StatusRow(pk, key, name, shown(live.phone(key)), tuple(live.contacts.get(key, ())))
        for pk, key, name in found.object_list
    ]
    return found


def providers_with_status(live: LiveState) -> list[StatusRow]:
    """Return the providers that are switched on."""
    rows = Provider.objects.filter(disabled=False).order_by("description", "uniqid")
    return [
        StatusRow(
            one.pk,
            one.description or one.uniqid,
            one.uniqid if one.description else "",
            shown_provider(live, one.uniqid, one.registration) or shown(None),
        )
        for one in rows.only("id", "uniqid", "description", "registration")
    ]
