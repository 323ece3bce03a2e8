"""How telephones and providers stand, from what Asterisk says of contacts and registrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.exceptions import gettext_noop as _

_GONE = frozenset({"removed", "deleted"})
DEAD = frozenset({"unreachable", "unavailable", "unavail"})
"""Asterisk's words for an address that does not answer its questions."""


class Door(StrEnum):
    """How Asterisk's door stands."""

    UNKNOWN = "unknown"
    OPEN = "open"
    STARTING = "starting"
    REFUSED = "refused"
    CLOSED = "closed"


class Status(StrEnum):
    """How one telephone or provider stands, best first."""

    ONLINE = "online"
    UNREACHABLE = "unreachable"
    TRYING = "trying"
    REJECTED = "rejected"
    OFFLINE = "offline"


ANSWERS = _("answers")
"""What people read of a provider that answers, and with which nobody registers."""

LABELS: Mapping[StrEnum, str] = {
    Door.UNKNOWN: _("not known"),
    Door.OPEN: _("runs"),
    Door.STARTING: _("is starting"),
    Door.REFUSED: _("does not let us in"),
    Door.CLOSED: _("cannot be reached"),
    Status.ONLINE: _("registered"),
    Status.UNREACHABLE: _("does not answer"),
    Status.TRYING: _("registers"),
    Status.REJECTED: _("refused"),
    Status.OFFLINE: _("not registered"),
}
"""Each word for people."""

ICONS: Mapping[StrEnum, str] = {
    Door.UNKNOWN: "circle-question-mark",
    Door.OPEN: "circle-check",
    Door.STARTING: "loader",
    Door.REFUSED: "circle-x",
    Door.CLOSED: "circle-x",
    Status.ONLINE: "circle-check",
    Status.UNREACHABLE: "triangle-alert",
    Status.TRYING: "loader",
    Status.REJECTED: "circle-x",
    Status.OFFLINE: "circle-minus",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an endpoint, a telephone or provider, can be reached; ``status`` is Asterisk's word."""

    endpoint: str
    uri: str
    status: str
    round_trip: float = 0.0
    agent: str = ""

    @property
    def is_gone(self) -> bool:
        """Tell whether Asterisk forgets it."""
        return self.status.lower() in _GONE

    @property
    def is_dead(self) -> bool:
        """Tell whether it does not answer Asterisk's questions."""
        return self.status.lower() in DEAD


def contact_of(fields: Mapping[str, str]) -> Contact:
    """Return a contact from the fields of ``ContactStatus``, or of ``ContactList`` in a list."""
    uri = fields.get("URI") or fields.get("Uri") or ""
    endpoint = fields.get("EndpointName") or fields.get("Endpoint") or ""
    trip = fields.get("RoundtripUsec") or fields.get("RoundTripUsec") or ""
    return Contact(
        endpoint=endpoint,
        uri=uri,
        status=fields.get("ContactStatus") or fields.get("Status") or "",
        round_trip=int(trip) / 1000 if trip.isdigit() else 0.0,
        agent=fields.get("UserAgent", ""),
    )


def status_of(contacts: Iterable[Contact]) -> Status:
    """Return how a telephone stands: one contact that answers is enough."""
    found = [one for one in contacts if not one.is_gone]
    if not found:
        return Status.OFFLINE
    return Status.UNREACHABLE if all(one.is_dead for one in found) else Status.ONLINE


def registration_status(word: str) -> Status:
    """Return how our registration at a provider stands; ``word`` is Asterisk's."""
    known = {"registered": Status.ONLINE, "rejected": Status.REJECTED, "stopped": Status.REJECTED}
    return known.get(word.split(" ")[0].lower(), Status.TRYING)


def changes(
    before: Mapping[str, str], after: Mapping[str, str], *, kind: str, at: float
) -> list[dict[str, Any]]:
    """Return what modules are told: one entry for each telephone or provider that changed.

    ``kind`` is what names one, "extension" or "provider"; who is not listed is offline.
    """
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, Status.OFFLINE), after.get(name, Status.OFFLINE)
        if old != new:
            change = {kind: name, "state": str(new), "previous": str(old)}
            found.append({"changes": change, "timestamp": at, "source": "asterisk"})
    return found
