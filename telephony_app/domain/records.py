"""What each field of each kind of record may hold: one check for each (reference M7, M8.3).

Fields that refer to other records are looked up by the services.
"""

from __future__ import annotations

from collections.abc import Mapping

from telephony_app.domain.attributes import manual_attributes
from telephony_app.domain.codecs import codec_name
from telephony_app.domain.faults import Check
from telephony_app.domain.hosts import (
    host,
    host_and_port,
    host_or_network,
    module_id,
    program_user,
    section_name,
    sip_user,
    stasis_name,
)
from telephony_app.domain.logic import hint, logic
from telephony_app.domain.numbers import extension_number, phone_number, prefix, target_number
from telephony_app.domain.passwords import provider_secret, secret
from telephony_app.domain.patterns import begins_with, destination, did_number
from telephony_app.domain.rights import ami_rights, event_filters
from telephony_app.domain.texts import email, flag, line, listed, note, one_of, shown_name, whole
from telephony_app.domain.words import (
    ApplicationKind,
    DefaultAction,
    DtmfMode,
    Registration,
    Transport,
)

Checks = Mapping[str, Check]

_CODECS = listed(codec_name, 40)
_SECONDS = whole(0, 3_600)

EXTENSION: Checks = {
    "number": phone_number,
    "name": shown_name(80),
    "email": email,
    "show_in_phonebook": flag,
}

SIP_ACCOUNT: Checks = {
    "secret": secret,
    "transport": one_of(Transport),
    "dtmf_mode": one_of(DtmfMode),
    "codecs": _CODECS,
    "webrtc": flag,
    "manual_attributes": manual_attributes,
    "enable_recording": flag,
    "mobile": target_number,
    "ring_length": _SECONDS,
    "forwarding": target_number,
    "forwarding_on_busy": target_number,
    "forwarding_on_unavailable": target_number,
    "disabled": flag,
}

PROVIDER: Checks = {
    "uniqid": section_name,
    "description": shown_name(80, needed=True),
    "registration": one_of(Registration),
    "host": host,
    "port": whole(1, 65_535),
    "username": sip_user,
    "secret": provider_secret,
    "transport": one_of(Transport),
    "outbound_proxy": host_and_port,
    "from_user": sip_user,
    "from_domain": host,
    "disable_from_user": flag,
    "dtmf_mode": one_of(DtmfMode),
    "qualify": flag,
    "qualify_frequency": whole(1, 3_600),
    "codecs": _CODECS,
    "additional_hosts": listed(host_or_network, 100),
    "manual_attributes": manual_attributes,
    "disabled": flag,
    "note": note,
}

INCOMING_ROUTE: Checks = {
    "priority": whole(0, 999_999),
    "number": did_number,
    "destination_module": module_id,
    "destination": destination,
    "timeout": _SECONDS,
    "action": one_of(DefaultAction),
    "note": note,
}

OUTGOING_ROUTE: Checks = {
    "name": shown_name(80, needed=True),
    "priority": whole(0, 999_999),
    "number_begins_with": begins_with,
    "rest_numbers": whole(-1, 32),
    "trim_from_begin": whole(0, 32),
    "prepend": prefix,
    "note": note,
    "disabled": flag,
}

CODEC: Checks = {"priority": whole(0, 9_999), "disabled": flag, "description": line(80)}

MANAGER_USER: Checks = {
    "username": program_user,
    "secret": secret,
    "rights": ami_rights,
    "event_filter": event_filters,
    "description": line(200),
}

ARI_USER: Checks = {
    "username": program_user,
    "password": secret,
    "applications": listed(stasis_name, 50),
    "description": line(200),
}

APPLICATION: Checks = {
    "name": shown_name(80, needed=True),
    "kind": one_of(ApplicationKind),
    "logic": logic,
    "description": note,
    "hint": hint,
}

APPLICATION_NUMBER: Checks = {"number": extension_number, "show_in_phonebook": flag}
