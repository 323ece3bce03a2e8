"""The beginning of pjsip.conf: transports and templates (reference M7.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators import escaping
from telephony_app.generators.options import option_lines
from telephony_app.generators.tones import zone_of

GLOBAL = """\
[global]
type = global
disable_multi_domain = yes
endpoint_identifier_order = username,ip,anonymous
user_agent = PBX

"""

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}")

AOR = {
    "type": "aor",
    "qualify_frequency": "60",
    "qualify_timeout": "5",
    "max_contacts": "5",
    "remove_existing": "yes",
    "remove_unavailable": "yes",
}
PROVIDER_AOR = {
    "type": "aor",
    "max_contacts": "1",
    "maximum_expiration": "3600",
    "minimum_expiration": "60",
    "default_expiration": "120",
}


def frame(snapshot: Snapshot) -> str:
    """Return everything before the accounts."""
    templates = [
        ("aor-common", aor_of_phones(snapshot)),
        ("endpoint-base", endpoint_of_phones(snapshot)),
        ("registration-base", registration(snapshot)),
        ("provider-aor-base", PROVIDER_AOR),
        ("provider-endpoint-base", endpoint_of_providers(snapshot)),
    ]
    written = [_section(f"[{name}](!)", options) for name, options in templates]
    return "".join([GLOBAL, *_transports(snapshot), *written, *_by_transport(snapshot)])


def aor_of_phones(snapshot: Snapshot) -> dict[str, str]:
    """Return what holds for the addresses of each phone, with the shortest and longest time."""
    return {
        **AOR,
        "minimum_expiration": str(snapshot.number("SIPMinExpiry", 60)),
        "maximum_expiration": str(snapshot.number("SIPMaxExpiry", 3600)),
        "default_expiration": str(snapshot.number("SIPDefaultExpiry", 120)),
    }


def endpoint_of_phones(snapshot: Snapshot) -> dict[str, str]:
    """Return what holds for each phone; several values of one key are lines of its text."""
    return {
        "type": "endpoint",
        "context": "all_peers",
        **allowed(snapshot),
        **_common(snapshot),
        "send_pai": "yes",
        "named_call_group": "1",
        "named_pickup_group": "1",
        "device_state_busy_at": "1",
        "rtp_timeout": "120",
        "rtp_timeout_hold": "600",
        "rtp_keepalive": "30",
        "message_context": "messages",
        "inband_progress": "yes",
    }


def endpoint_of_providers(snapshot: Snapshot) -> dict[str, str]:
    """Return what holds for each provider."""
    return {
        "type": "endpoint",
        **allowed(snapshot),
        **_common(snapshot),
        "100rel": "no",
        "rtp_timeout": "60",
        "rtp_timeout_hold": "300",
        "rtp_keepalive": "0",
        "inband_progress": "yes",
    }


def registration(snapshot: Snapshot) -> dict[str, str]:
    """Return what holds for each registration at a provider."""
    return {
        "type": "registration",
        "retry_interval": "45",
        "max_retries": "200",
        "forbidden_retry_interval": "300",
        "fatal_retry_interval": "300",
        "expiration": str(snapshot.number("SIPDefaultExpiry", 120)),
    }


def allowed(snapshot: Snapshot) -> dict[str, str]:
    """Return the lines for the enabled codecs."""
    names = [escaping.name(codec.name) for codec in snapshot.codecs] or ["alaw", "ulaw"]
    return {"disallow": "all", "allow": "\n".join(names)}


def language(snapshot: Snapshot) -> str:
    """Return the language of sounds as Asterisk's folders are called: ``ru_RU`` is ``ru-ru``."""
    return escaping.name(snapshot.setting("PBXLanguage", "en-en").replace("_", "-").lower())


def has_tls(snapshot: Snapshot) -> bool:
    """Tell whether phones can talk over TLS."""
    return snapshot.paths.has_certificate


def has_webrtc(snapshot: Snapshot) -> bool:
    """Tell whether browsers can be phones."""
    return snapshot.paths.has_certificate and snapshot.is_on("UseWebRTC")


def transports(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the transports that exist."""
    tls = ("tls",) if has_tls(snapshot) else ()
    return ("udp", "tcp", *tls, *(("wss",) if has_webrtc(snapshot) else ()))


def _common(snapshot: Snapshot) -> dict[str, str]:
    return {
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "ice_support": "no",
        "direct_media": "no",
        "sdp_session": "PBX",
        "language": language(snapshot),
        "timers": "no",
        "tone_zone": zone_of(language(snapshot)),
    }


def _transports(snapshot: Snapshot) -> list[str]:
    """Return the transport sections."""
    return [
        _section(f"[transport-{name}]", _transport(snapshot, name)) for name in transports(snapshot)
    ]


def _transport(snapshot: Snapshot, name: str) -> dict[str, str]:
    port = snapshot.number("TLS_PORT", 5061) if name == "tls" else snapshot.number("SIPPort", 5060)
    bind = f"[{snapshot.bind}]" if ":" in snapshot.bind else snapshot.bind
    options = {"type": "transport", "protocol": name}
    if name == "wss":  # its messages come through http.conf
        return options | {"bind": bind}
    options["bind"] = f"{bind}:{port}"
    if name == "tls":
        options |= {
            "cert_file": escaping.value(snapshot.paths.certificate),
            "priv_key_file": escaping.value(snapshot.paths.private_key),
            "method": "tlsv1_2",
        }
    return options | _behind_nat(
        snapshot, "externalTLSPort" if name == "tls" else "externalSIPPort"
    )


def _behind_nat(snapshot: Snapshot, port: str) -> dict[str, str]:
    """Return what a transport says of itself to others than the local networks."""
    address = snapshot.setting("ExternalAddress")
    if not _ADDRESS.fullmatch(address):
        return {}
    networks = (network for network in snapshot.networks if network.is_local)
    local = [escaping.value(span) for network in networks for span in network.permit]
    return {
        **({"local_net": "\n".join(local)} if local else {}),
        "external_media_address": address,
        "external_signaling_address": address,
        "external_signaling_port": str(snapshot.number(port, 5060)),
    }


def _by_transport(snapshot: Snapshot) -> list[str]:
    """Return a template of phones and one of providers for each transport.

    Where TLS cannot be offered its templates keep the encryption of voice, so nobody who asked for
    it talks in the clear.
    """
    found = []
    for base in ("endpoint", "provider-endpoint"):
        for name in ("udp", "tcp", "tls", "wss"):
            options = {"media_encryption": "sdes"} if name == "tls" else {}
            if name == "wss":
                options = {"webrtc": "yes"}
            if name in transports(snapshot):
                options = {"transport": f"transport-{name}"} | options
            elif name == "wss":
                continue
            if base == "endpoint" or name != "wss":
                found.append(_section(f"[{base}-{name}](!,{base}-base)", options))
    return found


def _section(header: str, options: Mapping[str, str]) -> str:
    return f"{header}\n{option_lines(options.items())}\n"
