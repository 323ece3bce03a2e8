"""Telephone records as JSON values: the same for REST and the command line; no passwords."""

from __future__ import annotations

from typing import Any

from telephony_app.models import (
    AriUser,
    Codec,
    DialplanApplication,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
)
from telephony_app.models.base import TelephonyModel

_SIP = (
    "transport",
    "dtmf_mode",
    "codecs",
    "webrtc",
    "manual_attributes",
    "enable_recording",
    "mobile",
    "ring_length",
    "forwarding",
    "forwarding_on_busy",
    "forwarding_on_unavailable",
    "disabled",
)
_PROVIDER = (
    "uniqid",
    "description",
    "registration",
    "host",
    "port",
    "username",
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
    "manual_attributes",
    "disabled",
    "note",
)


def extension_record(row: Extension) -> dict[str, Any]:
    """Return a phone; the account has been read with it."""
    account = row.sip
    own = _fields(row, "number", "name", "email", "show_in_phonebook")
    network = {"network_filter": account.network_filter_id}
    return {**own, **_fields(account, *_SIP), **network, **_revision(row)}


def provider_record(row: Provider) -> dict[str, Any]:
    """Return a provider."""
    network = {"network_filter": row.network_filter_id}
    return {**_fields(row, *_PROVIDER), **network, **_revision(row)}


def incoming_route_record(row: IncomingRoute) -> dict[str, Any]:
    """Return an incoming route; provider and extension have been read with it."""
    names = ("id", "priority", "number", "destination_module", "destination", "timeout")
    return {
        **_fields(row, *names),
        "provider": row.provider.uniqid if row.provider else "",
        "extension": row.extension.number if row.extension else "",
        **_fields(row, "action", "is_default", "note"),
        **_revision(row),
    }


def outgoing_route_record(row: OutgoingRoute) -> dict[str, Any]:
    """Return an outgoing route; its provider has been read with it."""
    names = ("number_begins_with", "rest_numbers", "trim_from_begin", "prepend", "note", "disabled")
    return {
        **_fields(row, "id", "name", "priority"),
        "provider": row.provider.uniqid,
        **_fields(row, *names),
        **_revision(row),
    }


def codec_record(row: Codec) -> dict[str, Any]:
    """Return a codec."""
    return {
        **_fields(row, "name", "media", "priority", "disabled", "description"),
        **_revision(row),
    }


def manager_user_record(row: ManagerUser) -> dict[str, Any]:
    """Return an AMI user."""
    return {
        **_fields(row, "username", "rights", "event_filter", "description"),
        "network_filter": row.network_filter_id,
        **_revision(row),
    }


def ari_user_record(row: AriUser) -> dict[str, Any]:
    """Return an ARI user."""
    return {**_fields(row, "username", "applications", "description"), **_revision(row)}


def application_record(row: DialplanApplication) -> dict[str, Any]:
    """Return a dialplan application; its number has been read with it."""
    return {
        "number": row.number,
        **_fields(row, "name", "kind", "logic", "description", "hint"),
        "show_in_phonebook": row.extension.show_in_phonebook,
        **_revision(row),
    }


def _fields(row: TelephonyModel, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _revision(row: TelephonyModel) -> dict[str, Any]:
    return {"revision": row.revision}
