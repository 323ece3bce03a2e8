"""Rights of the manager interface, AMI (reference M6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong
from telephony_app.domain.texts import is_plain, lines_of

AMI_RIGHTS = (
    "call",
    "cdr",
    "originate",
    "reporting",
    "agent",
    "config",
    "dialplan",
    "dtmf",
    "log",
    "system",
    "command",
    "verbose",
    "user",
)
"""The thirteen classes, in the seeds' order."""

_MOST_FILTERS = 50
_LONGEST_FILTER = 200


class Level(StrEnum):
    """What a user may do with one class."""

    NOTHING = ""
    READ = "read"
    WRITE = "write"
    BOTH = "readwrite"


def ami_rights(value: Any) -> dict[str, str]:
    """Return a level for each of the thirteen classes; classes that are not named get nothing."""
    if not isinstance(value, Mapping):
        raise Wrong(_("Rights are a level for each class."))
    if unknown := sorted(str(name) for name in set(value) - set(AMI_RIGHTS)):
        raise Wrong(_("There is no class of rights “{name}”."), name=unknown[0][:40])
    for name, level in value.items():
        if level not in list(Level):
            raise Wrong(
                _("“{level}” is no level for “{name}”: read, write or readwrite."),
                level=str(level)[:40],
                name=name,
            )
    return {name: str(value.get(name, "")) for name in AMI_RIGHTS}


def classes(rights: Mapping[str, str], level: Level) -> list[str]:
    """Return the classes that may be read, or written."""
    return [name for name in AMI_RIGHTS if rights.get(name, "") in (level, Level.BOTH)]


def event_filters(value: Any) -> str:
    """Return one filter on each line, such as ``!Event: Newexten``; empty lines go."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    found = [one.strip() for one in lines_of(value) if one.strip()]
    if len(found) > _MOST_FILTERS:
        raise Wrong(_("At most {most} fit here."), most=_MOST_FILTERS)
    for one in found:
        if len(one) > _LONGEST_FILTER or not is_plain(one) or ";" in one or one[0] in "#[>":
            raise Wrong(_("“{text}” is no event filter."), text=one[:60])
    return "\n".join(found)
