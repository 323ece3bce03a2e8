"""The telephone system as the generators see it, read with a constant number of queries."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Sum

from modules_app.models import NetworkFilter
from modules_app.selectors.settings import all_settings
from telephony_app import models
from telephony_app.domain import snapshot as plain
from telephony_app.domain.words import Kind
from telephony_app.selectors.accounts import own_accounts

_PHONE = (
    "extension__number",
    "extension__name",
    "secret",
    "transport",
    "dtmf_mode",
    "codecs",
    "webrtc",
    "network_filter_id",
    "manual_attributes",
    "enable_recording",
    "mobile",
    "ring_length",
    "forwarding",
    "forwarding_on_busy",
    "forwarding_on_unavailable",
)
_PROVIDER = (
    "uniqid",
    "description",
    "registration",
    "host",
    "port",
    "username",
    "secret",
    "transport",
    "outbound_proxy",
    "from_user",
    "from_domain",
    "disable_from_user",
    "dtmf_mode",
    "qualify",
    "qualify_frequency",
    "codecs",
    "additional_hosts",
    "network_filter_id",
    "manual_attributes",
)
_CODECS = _PHONE.index("codecs")
_known_phones: tuple[list[dict[str, Any]], tuple[plain.Phone, ...]] = ([], ())
_LISTS = {_PROVIDER.index("codecs"), _PROVIDER.index("additional_hosts")}


def read_snapshot() -> plain.Snapshot:
    """Return what is switched on, and the settings; twelve queries whatever there is.

    Phones are read again only after one of them changed.
    """
    return plain.Snapshot(
        settings=all_settings(),
        codecs=_codecs(),
        phones=_phones(),
        providers=_providers(),
        incoming=_incoming(),
        outgoing=_outgoing(),
        applications=_applications(),
        managers=_managers(),
        ari_users=_ari_users(),
        networks=_networks(),
        bind=settings.PBX_ASTERISK_BIND,
        paths=plain.Paths(
            certificate=settings.PBX_ASTERISK_CERTIFICATE,
            private_key=settings.PBX_ASTERISK_PRIVATE_KEY,
        ),
        accounts=own_accounts(),
    )


def _codecs() -> tuple[plain.Codec, ...]:
    rows = models.Codec.objects.filter(disabled=False).order_by("media", "priority", "name")
    return tuple(map(plain.Codec._make, rows.values_list("name", "media")))


def _phones() -> tuple[plain.Phone, ...]:
    global _known_phones
    stamp = _stamp()  # before they are read: who changes one meanwhile is noticed the next time
    if stamp != _known_phones[0]:
        _known_phones = (stamp, _read_phones())
    return _known_phones[1]


def _stamp() -> list[dict[str, Any]]:
    """Return what no phone comes, goes or changes without: numbers, revisions and moments."""
    found = {"count": Count("pk"), "newest": Max("pk")}
    found |= {"revisions": Sum("revision"), "changed": Max("changed_at")}
    return [model.objects.aggregate(**found) for model in (models.Extension, models.SipAccount)]


def _read_phones() -> tuple[plain.Phone, ...]:
    rows = models.SipAccount.objects.filter(disabled=False, extension__kind=Kind.PHONE)
    found = rows.order_by("extension__number").values_list(*_PHONE)
    return tuple(
        plain.Phone._make((*row[:_CODECS], tuple(row[_CODECS]), *row[_CODECS + 1 :]))
        for row in found.iterator(chunk_size=2000)
    )


def _providers() -> tuple[plain.Provider, ...]:
    rows = models.Provider.objects.filter(disabled=False).order_by("uniqid")
    return tuple(
        plain.Provider._make(
            tuple(value) if place in _LISTS else value for place, value in enumerate(row)
        )
        for row in rows.values_list(*_PROVIDER)
    )


def _incoming() -> tuple[plain.IncomingRoute, ...]:
    rows = models.IncomingRoute.objects.order_by("is_default", "priority", "id").values_list(
        "id",
        "priority",
        "provider__uniqid",
        "number",
        "extension__number",
        "destination_module",
        "destination",
        "timeout",
        "action",
        "is_default",
    )
    return tuple(
        plain.IncomingRoute._make("" if value is None else value for value in row) for row in rows
    )


def _outgoing() -> tuple[plain.OutgoingRoute, ...]:
    rows = models.OutgoingRoute.objects.filter(disabled=False, provider__disabled=False)
    found = rows.order_by("priority", "id").values_list(
        "id",
        "name",
        "provider__uniqid",
        "priority",
        "number_begins_with",
        "rest_numbers",
        "trim_from_begin",
        "prepend",
        "note",
    )
    return tuple(map(plain.OutgoingRoute._make, found))


def _applications() -> tuple[plain.Application, ...]:
    rows = models.DialplanApplication.objects.order_by("extension__number")
    found = rows.values_list("extension__number", "name", "kind", "logic", "hint")
    return tuple(map(plain.Application._make, found))


def _managers() -> tuple[plain.Manager, ...]:
    rows = models.ManagerUser.objects.order_by("username").values_list(
        "username", "secret", "network_filter_id", "rights", "event_filter", "description"
    )
    return tuple(map(plain.Manager._make, rows))


def _ari_users() -> tuple[plain.AriUser, ...]:
    rows = models.AriUser.objects.order_by("username")
    found = rows.values_list("username", "password", "applications", "description")
    return tuple(plain.AriUser(name, word, tuple(of), text) for name, word, of, text in found)


def _networks() -> tuple[plain.Network, ...]:
    rows = NetworkFilter.objects.order_by("id").values_list(
        "id", "title", "permit", "deny", "is_local"
    )
    return tuple(
        plain.Network(pk, title, tuple(permit), tuple(deny), is_local)
        for pk, title, permit, deny, is_local in rows
    )
