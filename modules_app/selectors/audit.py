"""The audit trail as people ask for it: filtered, in pages, and as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from modules_app.models import AuditEvent

FIELDS = (
    "id",
    "at",
    "actor",
    "channel",
    "address",
    "session",
    "proof_age",
    "action",
    "target",
    "outcome",
    "reason",
    "from_version",
    "from_generation",
    "to_version",
    "to_generation",
    "package_sha256",
    "operation",
    "detail",
)
"""The columns of an exported event, in order."""

_ATTRIBUTES = {"operation": "operation_id"}
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are wanted; what is empty asks for nothing. Both days are included."""

    actor: str = ""
    target: str = ""
    action: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None

    def as_dict(self) -> dict[str, str]:
        """Return what is asked for, as text."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in named.items() if value}


def find_events(wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """Return the events, the newest first."""
    found = AuditEvent.objects.order_by("-id")
    for name in ("actor", "action", "outcome"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.target:
        own = Q(target__iexact=wanted.target) | Q(target__istartswith=f"{wanted.target}/")
        found = found.filter(own)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    return found


def walk_events(wanted: AuditFilter) -> Iterator[dict[str, Any]]:
    """Yield every wanted event, the newest first, as a record.

    Each chunk is a query of its own: a slow reader holds no lock, and no memory but one chunk.
    """
    last: int | None = None
    while True:
        found = find_events(wanted)
        chunk = list((found.filter(pk__lt=last) if last else found)[:_CHUNK])
        yield from map(event_record, chunk)
        if len(chunk) < _CHUNK:
            return
        last = chunk[-1].pk


def event_record(event: AuditEvent) -> dict[str, Any]:
    """Return an event as the JSON that pages and commands export."""
    record = {name: getattr(event, _ATTRIBUTES.get(name, name)) for name in FIELDS}
    record["at"] = event.at.isoformat()
    return record


def known_values(field: str) -> list[str]:
    """Return the values that occur in a column, for a list to choose from."""
    values = AuditEvent.objects.order_by(field).values_list(field, flat=True).distinct()
    return list(values[:200])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
