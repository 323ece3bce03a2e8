"""The words that telephone records are made of, as they are stored (reference M7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _


class Kind(StrEnum):
    """What a number leads to."""

    PHONE = "phone"
    APPLICATION = "application"
    SYSTEM = "system"


class Transport(StrEnum):
    """How SIP messages travel; automatic takes whatever the other side uses."""

    AUTO = ""
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class DtmfMode(StrEnum):
    """How pressed keys are sent during a call, in the words of Asterisk."""

    AUTO = "auto"
    INBAND = "inband"
    INFO = "info"
    RFC4733 = "rfc4733"
    AUTO_INFO = "auto_info"


class Registration(StrEnum):
    """Who registers: we at the provider, the provider at us, nobody (reference M7.4)."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    NONE = "none"


class Media(StrEnum):
    """What a codec carries."""

    AUDIO = "audio"
    VIDEO = "video"


class DefaultAction(StrEnum):
    """What the default incoming route does with a call that no other route took."""

    EXTENSION = "extension"
    BUSY = "busy"
    HANGUP = "hangup"


class ApplicationKind(StrEnum):
    """How the logic of a dialplan application is written."""

    PLAINTEXT = "plaintext"


LABELS: Mapping[StrEnum, str] = {
    Kind.PHONE: _("phone"),
    Kind.APPLICATION: _("dialplan application"),
    Kind.SYSTEM: _("system number"),
    Transport.AUTO: _("automatic"),
    Transport.UDP: "UDP",
    Transport.TCP: "TCP",
    Transport.TLS: "TLS",
    DtmfMode.AUTO: _("automatic"),
    DtmfMode.INBAND: _("as tones in the voice"),
    DtmfMode.INFO: _("SIP INFO"),
    DtmfMode.RFC4733: "RFC 4733",
    DtmfMode.AUTO_INFO: _("RFC 4733, else SIP INFO"),
    Registration.OUTBOUND: _("we register at the provider"),
    Registration.INBOUND: _("the provider registers here"),
    Registration.NONE: _("nobody registers, addresses are trusted"),
    Media.AUDIO: _("audio"),
    Media.VIDEO: _("video"),
    DefaultAction.EXTENSION: _("ring a number"),
    DefaultAction.BUSY: _("busy"),
    DefaultAction.HANGUP: _("hang up"),
    ApplicationKind.PLAINTEXT: _("lines of the dialplan"),
}
"""Each word for people."""
