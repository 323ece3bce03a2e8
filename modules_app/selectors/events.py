"""What waits to be told to modules, and what they did not take."""

from __future__ import annotations

from dataclasses import dataclass

from modules_app.models import EventCursor, LostEvent, OutboxEvent
from modules_app.selectors.answers import implementers

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one hook of one module is; ``waiting`` events are still to come."""

    cursor: EventCursor
    waiting: int
    listening: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    """Everything about events; ``module_id`` narrows it to one module."""

    deliveries: tuple[Delivery, ...]
    events: tuple[OutboxEvent, ...]
    lost: tuple[LostEvent, ...]
    module_id: str = ""


def event_page(module_id: str = "") -> EventPage:
    """Return the deliveries, the newest events and the newest lost ones."""
    cursors = EventCursor.objects.all()
    lost = LostEvent.objects.all()
    if module_id:
        cursors, lost = cursors.filter(module_id=module_id), lost.filter(module_id=module_id)
    return EventPage(
        deliveries=tuple(_delivery(cursor) for cursor in cursors),
        events=tuple(OutboxEvent.objects.all()[:SHOWN]),
        lost=tuple(lost[:SHOWN]),
        module_id=module_id,
    )


def _delivery(cursor: EventCursor) -> Delivery:
    waiting = OutboxEvent.objects.filter(id__gt=cursor.position).count()
    return Delivery(cursor, waiting, cursor.module_id in implementers(cursor.hook))
