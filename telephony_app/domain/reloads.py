"""What Asterisk is told after its files changed, and what it takes only at its next start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.sections import changed_sections

_PJSIP = (
    "module reload res_pjsip.so res_pjsip_authenticator_digest.so "
    "res_pjsip_endpoint_identifier_ip.so res_pjsip_mwi.so res_pjsip_outbound_publish.so "
    "res_pjsip_publish_asterisk.so res_pjsip_outbound_registration.so"
)
"""One command: the parts of PJSIP read the same file, and depend on each other."""

COMMANDS: Mapping[str, str] = {
    "logger.conf": "logger reload",
    "acl.conf": "module reload acl",
    "indications.conf": "module reload indications",
    "musiconhold.conf": "moh reload",
    "rtp.conf": "module reload res_rtp_asterisk.so",
    "udptl.conf": "module reload udptl",
    "http.conf": "module reload http",
    "ari.conf": "module reload res_ari.so",
    "cdr.conf": "module reload cdr",
    "cel.conf": "module reload cel",
    "features.conf": "module reload features",
    "res_parking.conf": "module reload res_parking.so",
    "websocket_client.conf": "module reload res_websocket_client.so",
    "confbridge.conf": "module reload app_confbridge.so",
    "queues.conf": "queue reload all",
    "voicemail.conf": "voicemail reload",
    "iax.conf": "module reload chan_iax2.so",
    "pjsip.conf": _PJSIP,
    "pjsip_notify.conf": "module reload res_pjsip_notify.so",
    "extensions.conf": "dialplan reload",
    "manager.conf": "manager reload",
}
"""File -> command, in the order in which they are given: what others refer to comes first, and our
own door last. None of them touches a call in progress."""

AT_START = frozenset(
    "asterisk.conf ccss.conf cli.conf cli_permissions.conf codecs.conf extconfig.conf"
    " pjproject.conf sorcery.conf stasis.conf".split()
)
"""Files that Asterisk reads only when it starts."""

NOT_LOADED = frozenset({"modules.conf"})
"""Read when something is loaded; see `loads`."""

_LOAD = re.compile(r"^(load|require|preload|noload)\s*=>?\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Saying:
    """An English sentence with the values of its placeholders."""

    text: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reload:
    """What is to be told: ``commands`` in their order, and what has to wait for a restart."""

    commands: tuple[str, ...] = ()
    left: tuple[Saying, ...] = ()


def reloads(before: Mapping[str, str], after: Mapping[str, str], names: Iterable[str]) -> Reload:
    """Return what the files ``names`` ask for; texts are given by the names of files.

    What waits for a restart is told only of files that were there before and differ.
    """
    wanted = set(names)
    changed = {name for name in wanted if before.get(name, after.get(name)) != after.get(name)}
    loads = _loads(before.get("modules.conf", ""), after.get("modules.conf", ""))
    commands = [*loads.commands, *(text for name, text in COMMANDS.items() if name in wanted)]
    left = list(loads.left)
    left += [Saying(_START, {"file": name}) for name in sorted(changed & AT_START)]
    if "pjsip.conf" in changed:
        left += _changed_transports(before.get("pjsip.conf", ""), after.get("pjsip.conf", ""))
    left += [
        Saying(_UNKNOWN, {"file": name})
        for name in sorted(changed - set(COMMANDS) - AT_START - NOT_LOADED)
    ]
    return Reload(tuple(commands), tuple(left))


_START = _("{file} changed; Asterisk reads it at its next start.")
_UNKNOWN = _("{file} changed; nobody here knows which part of Asterisk reads it.")
_TRANSPORT = _("The transport “{name}” changed; Asterisk takes that over at its next start.")
_UNLOAD = _("{name} is not wanted any more; it stays loaded until Asterisk starts again.")


def _loads(before: str, after: str) -> Reload:
    """Load what is new at once; what is not wanted any more may be in use by a call."""
    if not before or before == after:
        return Reload()
    old, new = _wanted(before), _wanted(after)
    commands = tuple(f"module load {name}" for name in new if name not in old)
    left = tuple(Saying(_UNLOAD, {"name": name}) for name in old if name not in new)
    return Reload(commands, left)


def _wanted(text: str) -> list[str]:
    """Return the modules of Asterisk that a modules.conf loads by name, in its order."""
    found: dict[str, None] = {}
    for verb, name in _LOAD.findall(text):
        if verb == "noload":
            found.pop(name, None)
        else:
            found[name] = None
    return list(found)


def _changed_transports(before: str, after: str) -> list[Saying]:
    if not before:
        return []
    return [
        Saying(_TRANSPORT, {"name": name})
        for name, bodies in changed_sections(before, after).items()
        if any("type = transport" in _spaced(body or "") for body in bodies)
    ]


def _spaced(body: str) -> str:
    return re.sub(r"[ \t]*=[ \t]*", " = ", body)
