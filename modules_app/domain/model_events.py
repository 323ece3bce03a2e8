"""Which core records modules are told of, and which parts are made anew after a change (M5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modules_app.domain.core_records import CORE_REFERENCES

SOURCE = "models_changed"
SAVED = "afterSave"
DELETED = "afterDelete"
"""What the seeds call the two kinds of change; modules get exactly these words."""

CHANGE_DATA = "models_event_change_data"
NEED_RELOAD = "models_event_need_reload"
EVENT_HOOKS = (CHANGE_DATA, NEED_RELOAD, CORE_REFERENCES)
"""The last one is told of changes so that rows of a module go with the record they refer to."""

ORDER = (
    "AllSystemWorkers",
    "ModuleState",
    "Timezone",
    "SyslogD",
    "RestAPIWorker",
    "ApplyCustomFiles",
    "RemoveCustomFiles",
    "Network",
    "Firewall",
    "Fail2BanConf",
    "SSH",
    "License",
    "Sentry",
    "Nats",
    "NTP",
    "PHPFPM",
    "Nginx",
    "NginxConf",
    "Crond",
    "RestartPBXCore",
    "ReloadPBXCore",
    "ModulesConf",
    "Features",
    "PJSIP",
    "RTP",
    "IAX",
    "H323",
    "Hep",
    "Dialplan",
    "Parking",
    "Queues",
    "Conference",
    "Manager",
    "Ari",
    "Voicemail",
    "MOH",
    "WorkerCallEvents",
    "Advice",
)
"""The actions in the order in which they run, and in which the map names them (M5.5)."""

IMMEDIATE = frozenset({"AllSystemWorkers", "ModuleState", "Advice"})
"""Actions that do not wait for further changes."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One kind of core record: the seeds' name, the columns that count, what a change leads to.

    ``key`` is the column that identifies a record for modules. With ``values`` the changed
    columns carry their old and new value, not only their names. ``app`` is the part of PBX Admin
    that has the model.
    """

    seed_name: str
    columns: tuple[str, ...]
    actions: tuple[str, ...] = ()
    key: str = "pk"
    values: bool = False
    app: str = "modules_app"


def _telephony(seed_name: str, columns: str, actions: tuple[str, ...], key: str = "pk") -> Watched:
    return Watched(seed_name, tuple(columns.split()), actions, key, app="telephony_app")


_SIP = ("PJSIP", "Dialplan", "Firewall", "Advice")
_CALL_PATH = ("Dialplan",)

TELEPHONY: Mapping[str, Watched] = {
    "Extension": _telephony(
        "Extensions",
        "number kind name email show_in_phonebook",
        ("PJSIP", "Dialplan"),
        key="number",
    ),
    "SipAccount": _telephony(
        "Sip",
        "secret transport dtmf_mode codecs webrtc network_filter_id manual_attributes"
        " enable_recording mobile ring_length forwarding forwarding_on_busy"
        " forwarding_on_unavailable disabled",
        _SIP,
        key="number",
    ),
    "Provider": _telephony(
        "Providers",
        "uniqid description registration host port username secret transport outbound_proxy"
        " from_user from_domain disable_from_user dtmf_mode qualify qualify_frequency codecs"
        " additional_hosts network_filter_id manual_attributes disabled",
        _SIP,
        key="uniqid",
    ),
    "IncomingRoute": _telephony(
        "IncomingRoutingTable",
        "priority provider_id number extension_id destination_module destination timeout action"
        " is_default",
        _CALL_PATH,
    ),
    "OutgoingRoute": _telephony(
        "OutgoingRoutingTable",
        "name provider_id priority number_begins_with rest_numbers trim_from_begin prepend"
        " disabled",
        _CALL_PATH,
    ),
    "Codec": _telephony("Codecs", "name media priority disabled", ("ModulesConf", "IAX", "PJSIP")),
    "ManagerUser": _telephony(
        "AsteriskManagerUsers",
        "username secret network_filter_id rights event_filter",
        ("Manager",),
    ),
    "AriUser": _telephony("AsteriskRestUsers", "username password applications", ("Ari",)),
    "DialplanApplication": _telephony(
        "DialplanApplications", "name kind logic hint", _CALL_PATH, key="number"
    ),
}
"""Records of the telephone part. A name and an account are one record of a person in MikoPBX, so
a changed name leads to both parts."""

WATCHED: Mapping[str, Watched] = {
    "Module": Watched(
        "PbxExtensionModules", ("wanted", "fault", "phase", "version"), ("ModuleState",)
    ),
    "PbxSetting": Watched("PbxSettings", ("value",), key="key", values=True),
    "NetworkFilter": Watched(
        "NetworkFilters",
        ("title", "permit", "deny", "priority", "is_local", "never_block"),
        ("Firewall", "Fail2BanConf", "PJSIP", "Manager"),
    ),
    "FirewallRule": Watched(
        "FirewallRules",
        ("category", "protocol", "port_from", "port_to", "port_from_key", "port_to_key", "action"),
        ("Firewall",),
    ),
    "Fail2BanSettings": Watched(
        "Fail2BanRules",
        ("max_retry", "find_time", "ban_time", "white_list"),
        ("Fail2BanConf",),
    ),
    "CustomFile": Watched("CustomFiles", ("mode", "text"), ("ApplyCustomFiles",)),
    **TELEPHONY,
}
"""By the name of our model."""

_SOUNDS = ("Features", "Dialplan", "PJSIP", "RestartPBXCore")
_PARKING = ("Features", "Dialplan", "Parking")

_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "PBXLicense": ("License", "Nats"),
    "CloudInstanceId": ("License",),
    "PBXTimezone": ("Timezone", "NTP", "Crond"),
    "SendMetrics": ("Sentry",),
    "RestartEveryNight": ("Crond",),
    "PBXLanguage": _SOUNDS,
    "WEBPort": ("Nginx", "Firewall"),
    "WEBHTTPSPort": ("Nginx", "Firewall"),
    "RedirectToHttps": ("Nginx",),
    "PBXFirewallEnabled": ("Firewall", "Fail2BanConf"),
    "PBXFail2BanEnabled": ("Firewall", "Fail2BanConf"),
    "PBXFirewallMaxReqSec": ("Firewall",),
    "PBXRateLimitEnabled": ("Nginx",),
    "ExternalAddress": ("PJSIP",),
    "RTPPortFrom": ("RTP", "Firewall"),
    "RTPPortTo": ("RTP", "Firewall"),
    "IAXPort": ("IAX", "Firewall"),
    "PBXRecordSavePeriod": ("Crond",),
    "PBXAllowGuestCalls": ("PJSIP", "Dialplan"),
    "PBXInternalExtensionLength": ("Dialplan",),
    "VoicemailExten": ("Dialplan", "Voicemail"),
}
_SETTING_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("PBXCallParking", _PARKING),
    ("PBXFeature", ("Features", "Dialplan")),
    ("PBXRecord", ("Dialplan",)),
    ("SSH", ("SSH", "Firewall")),
    ("API", ("RestAPIWorker",)),
    ("AMI", ("Manager", "Firewall")),
    ("AJAM", ("Manager", "Firewall")),
    ("ARI", ("Ari", "Firewall")),
    ("SIP", _SIP),
    ("externalSIP", _SIP),
    ("externalTLS", _SIP),
    ("TLS_", _SIP),
    ("UseWebRTC", ("PJSIP", "RTP")),
)


def actions_of(seed_name: str, record_id: str, kind: str = SAVED) -> tuple[str, ...]:
    """Return what a change of a record leads to, in the order of `ORDER`.

    ``seed_name`` and ``record_id`` are those of the event; a setting counts by its key.
    """
    if seed_name == "PbxSettings":
        found = _SETTINGS.get(record_id) or _of_group(record_id)
    elif seed_name == "CustomFiles" and kind == DELETED:
        found = ("RemoveCustomFiles",)
    else:
        found = next((one.actions for one in WATCHED.values() if one.seed_name == seed_name), ())
    return tuple(sorted(found, key=ORDER.index))


def _of_group(key: str) -> tuple[str, ...]:
    return next((actions for start, actions in _SETTING_GROUPS if key.startswith(start)), ())


def event_data(seed_name: str, record_id: str, kind: str, changed: Any) -> dict[str, Any]:
    """Return what `models_event_change_data` gets: the seeds' keys and words."""
    return {
        "source": SOURCE,
        "model": seed_name,
        "recordId": record_id,
        "action": kind,
        "changedFields": changed,
    }


def planned_actions(events: Iterable[Mapping[str, Any]], digest: Any) -> dict[str, Any]:
    """Return what `models_event_need_reload` gets for a batch of events, in `ORDER`.

    By action: ``{"parameters": {hash: event}}``; ``digest`` makes the hash of an event. Of the
    changes of one record only the last is named.
    """
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        actions = actions_of(event["model"], str(event["recordId"]), event["action"])
        for action in actions:
            key = digest(f"{event['model']}:{event['recordId']}")
            found.setdefault(action, {})[key] = dict(event)
    return {name: {"parameters": found[name]} for name in ORDER if name in found}
