"""Hosts, names in addresses, and names of sections (reference M7.3, M7.4)."""

from __future__ import annotations

import re
from typing import Any

from modules_app.domain.networks import read_address, read_span
from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

LONGEST = 253
RESERVED = frozenset(
    "general global system anonymous acl resource_list aor-common endpoint-base registration-base"
    " provider-aor-base provider-endpoint-base endpoint-udp endpoint-tcp endpoint-tls endpoint-wss"
    " provider-endpoint-udp provider-endpoint-tcp provider-endpoint-tls".split()
)
"""Sections of Asterisk's files that are no providers (reference M7.3)."""

RESERVED_USERS = frozenset({"general", "phpagi", "pbxadmin", "pbxmodules"})
"""Accounts of AMI and ARI that PBX Admin makes itself (reference M6.7)."""

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_UNIQID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ENDINGS = ("-REG", "-AUTH", "-WS", "-incoming", "-outgoing")
_SIP_USER = re.compile(r"[A-Za-z0-9._+*~%!@=-]{1,64}")
_SECTION_USER = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_STASIS = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MODULE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}")


def host(value: Any) -> str:
    """Return a host name or an address, or nothing."""
    text = _text(value)
    if text and read_address(text) is None and (len(text) > LONGEST or not _HOST.fullmatch(text)):
        raise Wrong(_("“{text}” is no host name and no address."), text=text[:60])
    if "%" in text:
        raise Wrong(_("“{text}” is no host name and no address."), text=text[:60])
    return text


def host_or_network(value: Any) -> str:
    """Return a host name, an address, or a network such as 192.0.2.0/24."""
    text = _text(value)
    if "/" not in text:
        if not text:
            raise Wrong(_("This field is required."))
        return host(text)
    try:
        return str(read_span(text))
    except ValueError:
        raise Wrong(_("“{text}” is no network."), text=text[:60]) from None


def host_and_port(value: Any) -> str:
    """Return ``host`` or ``host:port``, or nothing; an IPv6 address with a port has brackets."""
    text = _text(value)
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?", text)
    plain = re.fullmatch(r"([^:\[\]]+)(?::([0-9]{1,5}))?", text)
    found = bracketed or plain
    if not text or (found is None and read_address(text) is not None):
        return text
    if found is None:
        raise Wrong(_("“{text}” is no host name and no address."), text=text[:60])
    host(found[1])
    if found[2] and not 1 <= int(found[2]) <= 65535:
        raise Wrong(_("“{text}” has no possible port."), text=text[:60])
    return text


def sip_user(value: Any) -> str:
    """Return a user name in SIP addresses, or nothing."""
    text = _text(value)
    if text and not _SIP_USER.fullmatch(text):
        raise Wrong(_("“{text}” is no user name of SIP."), text=text[:60])
    return text


def section_name(value: Any) -> str:
    """Return the name of a provider in Asterisk's files: letters, digits, - and _."""
    text = _text(value)
    if not _UNIQID.fullmatch(text):
        raise Wrong(_("An identifier has 1 to 40 letters, digits or the signs - _."))
    refuse_section(text)
    return text


def refuse_section(text: str) -> None:
    """Raise `Wrong` for a name that Asterisk's files use otherwise."""
    is_made = text.lower().startswith("transport-") or text.lower() in RESERVED
    if text.isdigit() or is_made or text.lower().endswith(tuple(x.lower() for x in _ENDINGS)):
        raise Wrong(_("“{text}” is used otherwise in Asterisk's files."), text=text)


def program_user(value: Any) -> str:
    """Return the user name of a program at AMI or ARI."""
    text = _text(value)
    if not _SECTION_USER.fullmatch(text):
        raise Wrong(_("A user name has 1 to 64 letters, digits or the signs . _ + -."))
    if text.lower() in RESERVED_USERS:
        raise Wrong(_("“{text}” is used otherwise in Asterisk's files."), text=text)
    return text


def is_section_user(text: str) -> bool:
    """Tell whether a SIP user name can be the name of a section, as inbound ones are."""
    return _SECTION_USER.fullmatch(text) is not None


def stasis_name(value: Any) -> str:
    """Return the name of a Stasis application."""
    text = _text(value)
    if not _STASIS.fullmatch(text):
        raise Wrong(_("“{text}” is no name of an application."), text=text[:60])
    return text


def module_id(value: Any) -> str:
    """Return the id of a module, or nothing."""
    text = _text(value)
    if text and not _MODULE.fullmatch(text):
        raise Wrong(_("“{text}” is no id of a module."), text=text[:60])
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    return value.strip()
