"""The sections of phones in pjsip.conf (reference M7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Phone, Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.options import Section, manual_lines, option_lines, write_section
from telephony_app.generators.paper import Paper

OVERRIDE = "override_pjsip_options"
ADDITIONAL = "generate_peer_pj_additional_options"

TEMPLATES = {
    "": "endpoint-base",
    "udp": "endpoint-udp",
    "tcp": "endpoint-tcp",
    "tls": "endpoint-tls",
}
"""Template by transport. "" is automatic: a fixed one would fail for a phone that uses another."""

LONGEST_NAME = 40


@dataclass(slots=True)
class PhoneSections:
    """Makes the sections of phones; what all have in common is worked out once."""

    snapshot: Snapshot
    webrtc: bool = field(init=False)
    prefix: str = field(init=False)
    realm: str = field(init=False)
    aor: dict[str, str] = field(init=False)
    base: dict[str, str] = field(init=False)
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.webrtc = pjsip_frame.has_webrtc(self.snapshot)
        self.prefix = escaping.value(self.snapshot.setting("SIPAuthPrefix"))
        self.realm = escaping.value(self.snapshot.setting("SIPRealm"))
        self.aor = pjsip_frame.aor_of_phones(self.snapshot)
        self.base = pjsip_frame.endpoint_of_phones(self.snapshot)
        self.known = frozenset(codec.name for codec in self.snapshot.codecs)

    def auth(self, phone: Phone) -> Section:
        """Return the section with user name and password."""
        options = {
            "type": "auth",
            "username": phone.number + self.prefix,
            "password": escaping.value(phone.secret),
        }
        if self.realm:
            options["realm"] = self.realm
        return Section(f"{phone.number}-AUTH", "", options, options)

    def address(self, phone: Phone, suffix: str = "") -> Section:
        """Return the section of the phone's addresses."""
        return Section(f"{phone.number}{suffix}", "aor-common", {}, self.aor)

    def endpoint(self, phone: Phone) -> Section:
        """Return the section of the phone itself."""
        template = TEMPLATES.get(phone.transport, "endpoint-base")
        own = self._endpoint(phone) | self._codecs(phone)
        return Section(phone.number, template, own, self._whole(own, phone.transport))

    def browser(self, phone: Phone) -> Section:
        """Return the section of the phone in a browser: opus comes first (reference M7.2)."""
        own = self._endpoint(phone) | {"aors": f"{phone.number}-WS"} | self._codecs(phone)
        names = own.get("allow", self.base["allow"]).split("\n")
        if "opus" in names:
            names = ["opus", *(name for name in names if name != "opus")]
            own |= {"disallow": "all", "allow": ",".join(names)}
        own["rtcp_mux"] = "yes"
        return Section(f"{phone.number}-WS", "endpoint-wss", own, self._whole(own, "wss"))

    def peer(self, phone: Phone) -> dict[str, Any]:
        """Return what a module is told of a phone, in the words of MikoPBX."""
        return {
            "extension": phone.number,
            "calleridname": phone.name,
            "username": phone.number,
            "transport": phone.transport,
            "dtmfmode": phone.dtmf_mode,
            "codecs": list(phone.codecs),
            "webrtc": phone.webrtc,
            "enableRecording": phone.enable_recording,
            "mobile": phone.mobile,
        }

    def _endpoint(self, phone: Phone) -> dict[str, str]:
        number = phone.number
        options = {
            "callerid": _caller_id(phone),
            "aors": number,
            "auth": f"{number}-AUTH",
            "outbound_auth": f"{number}-AUTH",
            "dtmf_mode": phone.dtmf_mode,
        }
        if phone.network in self.snapshot.networks_by_id:
            options["acl"] = f"acl_{number}"
        return options

    def _codecs(self, phone: Phone) -> dict[str, str]:
        """Return the phone's own codecs, as far as they are enabled; none means all."""
        chosen = [name for name in phone.codecs if name in self.known]
        return {"disallow": "all", "allow": "\n".join(chosen)} if chosen else {}

    def _whole(self, own: dict[str, str], transport: str) -> dict[str, str]:
        whole = self.base | own
        if transport in pjsip_frame.transports(self.snapshot):
            whole["transport"] = f"transport-{transport}"
        return whole | {"allow": whole["allow"].replace("\n", ",")}


def write_phones(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write all phones; most of them as one text each."""
    sections = PhoneSections(snapshot)
    plain: list[str] = []
    for phone in snapshot.phones:
        if sections.webrtc and phone.webrtc or _is_special(phone, answers):
            paper.add("".join(plain))
            plain.clear()
            _write(paper, sections, phone, answers)
        else:
            plain.append(_plain(sections, phone))
    paper.add("".join(plain))


def phone_questions(snapshot: Snapshot, *, hook: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and arguments of each question to modules about phones."""
    sections = PhoneSections(snapshot)
    for phone in snapshot.phones:
        if hook == ADDITIONAL:
            yield phone.number, {"peer": sections.peer(phone)}
            continue
        for section in (sections.auth(phone), sections.address(phone), sections.endpoint(phone)):
            key = f"{phone.number}/{section.whole['type']}"
            yield key, {"extension": phone.number, "options": dict(section.whole)}


def _is_special(phone: Phone, answers: HookAnswers) -> bool:
    number = phone.number
    return bool(
        phone.manual_attributes
        or answers.pieces(ADDITIONAL, number)
        or answers.overrides(OVERRIDE, f"{number}/endpoint")
        or answers.overrides(OVERRIDE, f"{number}/auth")
        or answers.overrides(OVERRIDE, f"{number}/aor")
    )


def _plain(sections: PhoneSections, phone: Phone) -> str:
    """Return what `_write` would write for a phone that nobody changes, in one go."""
    number, realm = phone.number, f"realm = {sections.realm}\n" if sections.realm else ""
    template = TEMPLATES.get(phone.transport, "endpoint-base")
    acl = f"acl = acl_{number}\n" if phone.network in sections.snapshot.networks_by_id else ""
    codecs = option_lines(sections._codecs(phone).items()) if phone.codecs else ""
    return (
        f"; --- PEER: {number} - {escaping.comment(phone.name)} ---\n"
        f"[{number}-AUTH]\ntype = auth\nusername = {number}{sections.prefix}\n"
        f"password = {escaping.value(phone.secret)}\n{realm}"
        f"[{number}](aor-common)\n"
        f"[{number}]({template})\n"
        f"callerid = {_caller_id(phone)}\naors = {number}\n"
        f"auth = {number}-AUTH\noutbound_auth = {number}-AUTH\n"
        f"dtmf_mode = {phone.dtmf_mode}\n{acl}{codecs}; ---\n"
    )


def _write(paper: Paper, sections: PhoneSections, phone: Phone, answers: HookAnswers) -> None:
    """Write the sections of one phone with what modules and people say about them."""
    number = phone.number
    manual = manual_lines(paper, phone.manual_attributes, of=number)
    paper.add(f"; --- PEER: {number} - {escaping.comment(phone.name)} ---\n")
    parts = [(sections.auth(phone), "auth"), (sections.address(phone), "aor")]
    parts.append((sections.endpoint(phone), "endpoint"))
    if sections.webrtc and phone.webrtc:
        parts += [(sections.address(phone, "-WS"), "aor"), (sections.browser(phone), "endpoint")]
    for section, kind in parts:
        key = f"{number}/{kind}"
        write_section(paper, section, answers, OVERRIDE, key, manual.get(kind, ""))
        if kind == "endpoint":
            paper.join(answers.pieces(ADDITIONAL, number), Shape.KEYS)
    paper.add("; ---\n")


def _caller_id(phone: Phone) -> str:
    """Return name and number; a name that is not ASCII is cut, so that it fits every display."""
    name = escaping.caller(phone.name if phone.name.isascii() else phone.name[:LONGEST_NAME])
    return f"{name} <{phone.number}>" if name else f"<{phone.number}>"
