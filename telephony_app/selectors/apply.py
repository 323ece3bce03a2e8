"""What waits to be applied to Asterisk, and what was asked for; cheap enough for every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from modules_app.domain.model_events import WATCHED
from modules_app.models import OutboxEvent, SurfaceState
from modules_app.selectors.settings import read_setting
from telephony_app.domain.ripeness import Waiting, concerns_asterisk, relevant
from telephony_app.models import ApplyMark, ApplyOutcome, ApplyRequest

SURFACE = "asterisk"
SETTING = "AsteriskApply"
AUTOMATIC = "automatic"
MARK = 1
NOT_TOLD = "asterisk-not-told"
"""Slug of the note that the files lie there, but Asterisk could not be reached."""

_MODELS = sorted(relevant({one.seed_name for one in WATCHED.values()}))
_MOST = 2_000
_NO_MODULES = ("", "custom")


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """One record that changed since the last time; ``action`` is the seeds' word for the last.

    ``name`` is what people called it, where it is deleted.
    """

    model: str
    record_id: str
    action: str
    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class ApplyState:
    """How applying stands: ``problem`` and ``notes`` are stored sentences of the last try."""

    waiting: Waiting | None
    request: ApplyRequest | None
    last: ApplyRequest | None
    automatic: bool
    applied_at: datetime | None
    problem: dict[str, Any] | None
    complaints: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]

    @property
    def blamed(self) -> list[str]:
        """Return the modules of which something is left out."""
        owners = (str(one["owner"]) for one in self.complaints)
        return list(dict.fromkeys(one for one in owners if one not in _NO_MODULES))

    @property
    def has_news(self) -> bool:
        """Tell whether the last request ended otherwise than its person wished."""
        wanted = (ApplyOutcome.CANCELLED, ApplyOutcome.FAILED)
        return self.request is None and self.last is not None and self.last.state in wanted

    @property
    def concerns_people(self) -> bool:
        """Tell whether a page must say something."""
        if self.request or self.problem:
            return True
        return bool(self.waiting and (not self.automatic or self.has_news))


def mark() -> ApplyMark | None:
    """Return which changes are applied, None before the first time."""
    return ApplyMark.objects.filter(pk=MARK).first()


def open_request() -> ApplyRequest | None:
    """Return the request that waits."""
    return ApplyRequest.objects.filter(state=ApplyOutcome.WAITING).first()


def is_automatic() -> bool:
    """Tell whether changes of records are applied by themselves."""
    return read_setting(SETTING) == AUTOMATIC


def last_request() -> ApplyRequest | None:
    """Return the request that ended last."""
    return ApplyRequest.objects.exclude(state=ApplyOutcome.WAITING).first()


def gave_up(changes: Waiting) -> bool:
    """Tell whether the last request failed or was taken back, and nothing changed since then.

    What failed is tried again after a pause, as every surface is, and not at once.
    """
    last = last_request()
    failed = last is not None and last.state != ApplyOutcome.APPLIED
    return failed and last is not None and last.asked_at > changes.last


def was_not_told() -> bool:
    """Tell whether Asterisk could not be reached when the files were applied last."""
    row = SurfaceState.objects.filter(pk=SURFACE).values_list("notes", flat=True).first()
    return any(note["slug"] == NOT_TOLD for note in row or [])


def waiting_changes() -> list[WaitingRecord]:
    """Return the records that changed since the last time, latest first, each once."""
    found: dict[tuple[str, str], WaitingRecord] = {}
    for event in _events(mark()):
        key = (event.model, event.record_id)
        found.setdefault(key, WaitingRecord(*key, event.action, event.at, event.name))
    return list(found.values())


def waiting() -> Waiting | None:
    """Return how many records wait and since when, None when none does; two queries."""
    done = mark()
    events = list(_events(done))
    since = done.waits_since if done else None
    if not events:
        return Waiting(1, since, since) if since else None
    count = len({(event.model, event.record_id) for event in events})
    return Waiting(count, min(since or events[-1].at, events[-1].at), events[0].at)


def apply_state() -> ApplyState:
    """Return how applying stands, for a bar on pages and for commands; five queries."""
    row = SurfaceState.objects.filter(pk=SURFACE).defer("files").first()
    return ApplyState(
        waiting=waiting(),
        request=open_request(),
        last=last_request(),
        automatic=is_automatic(),
        applied_at=row.applied_at if row else None,
        problem=row.problem if row else None,
        complaints=tuple(row.complaints) if row else (),
        notes=tuple(row.notes) if row else (),
    )


def _events(done: ApplyMark | None) -> Iterator[OutboxEvent]:
    """Yield the changes since then, latest first."""
    events: QuerySet[OutboxEvent] = OutboxEvent.objects.filter(
        id__gt=done.event if done else 0, model__in=_MODELS
    )
    for event in events.defer("changed").order_by("-id")[:_MOST]:
        if concerns_asterisk(event.model, event.record_id):
            yield event
