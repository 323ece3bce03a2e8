"""The sections of phones in pjsip.conf (reference M7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Phone, Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.options import (
    Section,
    manual_lines,
    option_lines,
    without,
    write_section,
)
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

AUTOMATIC = TEMPLATES[""]
WSS = "endpoint-wss"
OF_BROWSERS = frozenset({"transport", "webrtc"})
"""What the template of phones in browsers says; with other values no browser could be a phone."""

LONGEST_NAME = 40
TOGETHER = 500
"""How many phones are looked at together."""

NEWLINE = "\n"


@dataclass(slots=True)
class PhoneSections:
    """Makes the sections of phones whose texts are escaped; what all have is worked out once."""

    snapshot: Snapshot
    webrtc: bool = field(init=False)
    prefix: str = field(init=False)
    realm: str = field(init=False)
    aor: dict[str, str] = field(init=False)
    base: dict[str, str] = field(init=False)
    known: frozenset[str] = field(init=False)
    networks: frozenset[int | None] = field(init=False)

    def __post_init__(self) -> None:
        self.webrtc = pjsip_frame.has_webrtc(self.snapshot)
        self.prefix = escaping.value(self.snapshot.setting("SIPAuthPrefix"))
        self.realm = escaping.value(self.snapshot.setting("SIPRealm"))
        self.aor = pjsip_frame.aor_of_phones(self.snapshot)
        self.base = pjsip_frame.endpoint_of_phones(self.snapshot)
        self.known = frozenset(codec.name for codec in self.snapshot.codecs)
        self.networks = frozenset(self.snapshot.networks_by_id)

    def auth(self, phone: Phone) -> Section:
        """Return the section with user name and password."""
        options = {
            "type": "auth",
            "username": phone.number + self.prefix,
            "password": phone.secret,
        }
        if self.realm:
            options["realm"] = self.realm
        return Section(f"{phone.number}-AUTH", "", options, options)

    def address(self, phone: Phone, suffix: str = "") -> Section:
        """Return the section of the phone's addresses."""
        return Section(f"{phone.number}{suffix}", "aor-common", {}, self.aor)

    def endpoint(self, phone: Phone) -> Section:
        """Return the section of the phone itself."""
        template = TEMPLATES.get(phone.transport, AUTOMATIC)
        own = self._endpoint(phone) | self.codecs(phone)
        return Section(phone.number, template, own, self._whole(own, phone.transport))

    def browser(self, phone: Phone) -> Section:
        """Return the section of the phone in a browser: opus comes first (reference M7.2)."""
        own = self._endpoint(phone) | {"aors": f"{phone.number}-WS"} | self.codecs(phone)
        names = own.get("allow", self.base["allow"]).split("\n")
        if "opus" in names:
            names = ["opus", *(name for name in names if name != "opus")]
            own |= {"disallow": "all", "allow": ",".join(names)}
        own["rtcp_mux"] = "yes"
        return Section(f"{phone.number}-WS", WSS, own, self._whole(own, "wss"))

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
            "callerid": f"{phone.name and f'{phone.name} '}<{number}>",
            "aors": number,
            "auth": f"{number}-AUTH",
            "outbound_auth": f"{number}-AUTH",
            "dtmf_mode": phone.dtmf_mode,
        }
        if phone.network in self.networks:
            options["acl"] = f"acl_{number}"
        return options

    def codecs(self, phone: Phone) -> dict[str, str]:
        """Return the phone's own codecs, as far as they are enabled; none means all."""
        chosen = [name for name in phone.codecs if name in self.known]
        return {"disallow": "all", "allow": "\n".join(chosen)} if chosen else {}

    def _whole(self, own: dict[str, str], transport: str) -> dict[str, str]:
        whole = self.base | own
        if transport in pjsip_frame.transports(self.snapshot):
            whole["transport"] = f"transport-{transport}"
        return whole | {"allow": whole["allow"].replace("\n", ",")}


def write_phones(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write all phones; those of which nobody says anything special as one text."""
    sections = PhoneSections(snapshot)
    spoken_of = {key.partition("/")[0] for key in answers.keys(OVERRIDE)}
    spoken_of.update(answers.keys(ADDITIONAL))
    plain: list[Phone] = []
    for phone in snapshot.phones:
        if phone.number in spoken_of or phone.manual_attributes or phone.webrtc:
            paper.add(_plain(sections, plain))
            plain.clear()
            _write(paper, sections, phone, answers)
        else:
            plain.append(phone)
    paper.add(_plain(sections, plain))


def phone_questions(snapshot: Snapshot, *, hook: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and arguments of each question to modules about phones."""
    sections = PhoneSections(snapshot)
    for one in snapshot.phones:
        if hook == ADDITIONAL:
            yield one.number, {"peer": sections.peer(one)}
            continue
        phone = _escaped(one)
        for section in (sections.auth(phone), sections.address(phone), sections.endpoint(phone)):
            key = f"{phone.number}/{section.whole['type']}"
            yield key, {"extension": phone.number, "options": dict(section.whole)}


def _plain(sections: PhoneSections, phones: Sequence[Phone]) -> str:
    """Return what `_write` would write for phones that nobody changes, in one go.

    Escaping each text would cost more than writing it, so first all are looked at together.
    """
    parts = []
    for start in range(0, len(phones), TOGETHER):
        some = phones[start : start + TOGETHER]
        if not escaping.is_harmless("".join([phone.name + phone.secret for phone in some])):
            some = [_escaped(phone) for phone in some]
        parts += _texts(sections, some)
    return "".join(parts)


def _texts(sections: PhoneSections, phones: Iterable[Phone]) -> list[str]:
    """Return the sections of phones whose texts are escaped."""
    prefix, networks = sections.prefix, sections.networks
    realm = f"realm = {sections.realm}\n" if sections.realm else ""
    return [
        f"; --- PEER: {(number := phone.number)} - {(name := phone.name)} ---\n"
        f"[{number}-AUTH]\ntype = auth\nusername = {number}{prefix}\n"
        f"password = {phone.secret}\n{realm}"
        f"[{number}](aor-common)\n"
        f"[{number}]({TEMPLATES.get(phone.transport, AUTOMATIC)})\n"
        f"callerid = {name and f'{name} '}<{number}>\naors = {number}\n"
        f"auth = {number}-AUTH\noutbound_auth = {number}-AUTH\n"
        f"dtmf_mode = {phone.dtmf_mode}\n"
        f"{f'acl = acl_{number}{NEWLINE}' if phone.network in networks else ''}"
        f"{option_lines(sections.codecs(phone).items()) if phone.codecs else ''}; ---\n"
        for phone in phones
    ]


def _escaped(phone: Phone) -> Phone:
    """Return a phone as it is written; a name that is not ASCII is cut to fit every display."""
    name = phone.name if phone.name.isascii() else phone.name[:LONGEST_NAME]
    secret = escaping.value(phone.secret)
    return phone._replace(name=escaping.caller(name), secret=secret)


def _write(paper: Paper, sections: PhoneSections, phone: Phone, answers: HookAnswers) -> None:
    """Write the sections of one phone with what modules and people say about them."""
    phone, number = _escaped(phone), phone.number
    manual = manual_lines(paper, phone.manual_attributes, of=number)
    paper.add(f"; --- PEER: {number} - {phone.name} ---\n")
    parts = [(sections.auth(phone), "auth"), (sections.address(phone), "aor")]
    parts.append((sections.endpoint(phone), "endpoint"))
    if sections.webrtc and phone.webrtc:
        parts += [(sections.address(phone, "-WS"), "aor"), (sections.browser(phone), "endpoint")]
    for section, kind in parts:
        key, lines = f"{number}/{kind}", manual.get(kind, "")
        if section.template == WSS:  # its own address, codecs and so on stay (reference M7.2)
            lines = without(lines, {*section.own, *OF_BROWSERS})
        write_section(paper, section, answers, OVERRIDE, key, lines)
        if kind == "endpoint":
            paper.join(answers.pieces(ADDITIONAL, number), Shape.KEYS)
    paper.add("; ---\n")
