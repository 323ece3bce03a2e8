"""The settings that modules may read, with type, default and words (reference M8.3, design 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _


class Kind(StrEnum):
    """What a setting's text holds."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting. ``default`` is text as stored; booleans are "0" and "1" (reference M8.3)."""

    key: str
    default: str
    kind: Kind
    group: str
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 65535


GENERAL = _("General")
LANGUAGES = _("Languages")
SIP = _("SIP and RTP")
MANAGER = _("Asterisk interfaces")
CALLS = _("Calls and features")
NETWORK = _("Web, SSH and firewall")


def _text(key: str, default: str, group: str, label: str, help: str = "") -> SettingSpec:
    return SettingSpec(key, default, Kind.TEXT, group, label, help)


def _int(key: str, default: int, group: str, label: str, low: int = 0) -> SettingSpec:
    return SettingSpec(key, str(default), Kind.INT, group, label, low=low)


def _port(key: str, default: int, group: str, label: str) -> SettingSpec:
    return SettingSpec(key, str(default), Kind.INT, group, label, low=1)


def _bool(key: str, default: bool, group: str, label: str) -> SettingSpec:
    return SettingSpec(key, "1" if default else "0", Kind.BOOL, group, label)


_SPECS = (
    _text("Name", "PBX system", GENERAL, _("Name of this system")),
    _text(
        "PBXVersion",
        "2026.3.1",
        GENERAL,
        _("MikoPBX contract level"),
        _("Modules compare their min_pbx_version with this. Change it only to test."),
    ),
    _text(
        "FrameworkVersion",
        "17.0.19",
        GENERAL,
        _("FreePBX contract level"),
        _("The framework version that module.xml packages see."),
    ),
    _text(
        "AsteriskVersion",
        "",
        GENERAL,
        _("Version of Asterisk"),
        _("For example 20.5.0. Modules compare with it; left empty it is not known."),
    ),
    _text(
        "PBXLicense",
        "",
        GENERAL,
        _("Licence key"),
        _("MIKO- and four groups of five characters. Needed by commercial modules."),
    ),
    _text("PBXTimezone", "Europe/Moscow", GENERAL, _("Time zone of the telephone system")),
    _text("CloudInstanceId", "", GENERAL, _("Cloud instance id")),
    _bool("SendMetrics", True, GENERAL, _("Modules may send usage figures")),
    _bool("RestartEveryNight", False, GENERAL, _("Restart every night")),
    _text("PBXLanguage", "en-en", LANGUAGES, _("Language of the sounds")),
    SettingSpec(
        "WebAdminLanguage",
        "en",
        Kind.CHOICE,
        LANGUAGES,
        _("Language of messages"),
        _("Used where no person's choice is known, for example in the background."),
        ("en", "ru"),
    ),
    SettingSpec(
        "SSHLanguage", "en", Kind.CHOICE, LANGUAGES, _("Language of the console"), "", ("en", "ru")
    ),
    _port("SIPPort", 5060, SIP, _("SIP port")),
    _text(
        "ExternalAddress",
        "",
        SIP,
        _("Address seen from outside"),
        _("Name or address by which telephones outside reach this system; empty without NAT."),
    ),
    _port("externalSIPPort", 5060, SIP, _("SIP port seen from outside")),
    _port("TLS_PORT", 5061, SIP, _("SIP TLS port")),
    _port("externalTLSPort", 5061, SIP, _("SIP TLS port seen from outside")),
    _port("RTPPortFrom", 10000, SIP, _("First RTP port")),
    _port("RTPPortTo", 10200, SIP, _("Last RTP port")),
    _bool("UseWebRTC", False, SIP, _("WebRTC")),
    _int("SIPDefaultExpiry", 120, SIP, _("Registration lasts, seconds")),
    _int("SIPMinExpiry", 60, SIP, _("Shortest registration, seconds")),
    _int("SIPMaxExpiry", 3600, SIP, _("Longest registration, seconds")),
    _text("SIPAuthPrefix", "", SIP, _("Prefix of SIP user names")),
    _text("SIPRealm", "", SIP, _("SIP realm")),
    _port("IAXPort", 4569, SIP, _("IAX port")),
    SettingSpec(
        "AsteriskApply",
        "manual",
        Kind.CHOICE,
        MANAGER,
        _("Apply changes of extensions, providers and routes"),
        _(
            "By hand: they wait until somebody applies them. Automatic: a few seconds after the "
            "last change. What modules change is always applied at once."
        ),
        ("manual", "automatic"),
    ),
    _bool("AMIEnabled", True, MANAGER, _("Manager interface (AMI)")),
    _port("AMIPort", 5038, MANAGER, _("AMI port")),
    _bool("AJAMEnabled", True, MANAGER, _("Manager interface over HTTP (AJAM)")),
    _port("AJAMPort", 8088, MANAGER, _("AJAM port")),
    _port("AJAMPortTLS", 8089, MANAGER, _("AJAM TLS port")),
    _bool("ARIEnabled", False, MANAGER, _("REST interface (ARI)")),
    _text("ARIAllowedOrigins", "*", MANAGER, _("Origins that may use ARI")),
    _int("PBXInternalExtensionLength", 3, CALLS, _("Digits of an extension"), 2),
    _bool("PBXRecordCalls", True, CALLS, _("Record calls")),
    _bool("PBXRecordCallsInner", True, CALLS, _("Record internal calls")),
    _bool("PBXSplitAudioThread", True, CALLS, _("Record the two sides apart")),
    _int("PBXRecordSavePeriod", 360, CALLS, _("Keep recordings, days")),
    _text("PBXCallParkingExt", "800", CALLS, _("Parking number")),
    _text("PBXCallParkingFeature", "*2", CALLS, _("Parking feature code")),
    _int("PBXCallParkingDuration", 50, CALLS, _("Parking lasts, seconds")),
    _int("PBXCallParkingStartSlot", 801, CALLS, _("First parking slot")),
    _int("PBXCallParkingEndSlot", 820, CALLS, _("Last parking slot")),
    _text("PBXFeatureAttendedTransfer", "##", CALLS, _("Attended transfer code")),
    _text("PBXFeatureBlindTransfer", "**", CALLS, _("Blind transfer code")),
    _text("PBXFeaturePickupExten", "*8", CALLS, _("Pick-up code")),
    _text("PBXFeatureAtxferAbort", "*0", CALLS, _("Transfer abort code")),
    _int("PBXFeatureDigitTimeout", 2500, CALLS, _("Time between digits, milliseconds")),
    _int("PBXFeatureAtxferNoAnswerTimeout", 45, CALLS, _("Transfer rings, seconds")),
    _int("PBXFeatureTransferDigitTimeout", 3, CALLS, _("Transfer digits, seconds")),
    _text("VoicemailExten", "*001", CALLS, _("Voicemail number")),
    _bool("PBXAllowGuestCalls", False, CALLS, _("Accept calls from strangers")),
    _port("WEBPort", 80, NETWORK, _("HTTP port")),
    _port("WEBHTTPSPort", 443, NETWORK, _("HTTPS port")),
    _bool("RedirectToHttps", True, NETWORK, _("Redirect to HTTPS")),
    _port("SSHPort", 22, NETWORK, _("SSH port")),
    _text("SSHLogin", "root", NETWORK, _("SSH login")),
    _bool("SSHDisablePasswordLogins", False, NETWORK, _("SSH only with keys")),
    _bool("PBXFirewallEnabled", True, NETWORK, _("Firewall")),
    _bool("PBXFail2BanEnabled", True, NETWORK, _("fail2ban")),
    _int("PBXFirewallMaxReqSec", 0, NETWORK, _("Most requests per second, 0 for no limit")),
    _bool("PBXRateLimitEnabled", True, NETWORK, _("Rate limits")),
    _int("APIQueueMaxLength", 50, NETWORK, _("Longest queue of API requests")),
    _int("APIRequestTTL", 35, NETWORK, _("API requests live, seconds")),
)

SETTINGS: dict[str, SettingSpec] = {spec.key: spec for spec in _SPECS}
"""Every typed setting by key, in the order on screen."""
