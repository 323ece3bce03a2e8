"""Bringing events to modules: in order, at least once, each module at its own pace (M5.5)."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.utils import timezone

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.domain.ids import fold_id
from modules_app.domain.model_events import (
    EVENT_HOOKS,
    IMMEDIATE,
    NEED_RELOAD,
    event_data,
    planned_actions,
)
from modules_app.models import EventCursor, LostEvent, OutboxEvent
from modules_app.processes.poke import PokeListener, poke
from modules_app.selectors.answers import implementers
from modules_app.services.events import LISTENER, last_event, start_cursor
from modules_app.services.hook_calls import ask_modules
from modules_app.services.hook_results import last_line

log = logging.getLogger("pbxadmin.events")

TRIES = 8
"""After so many failures an event is recorded as lost, and the module gets the next one."""

LONGEST_PAUSE = 60.0
QUIET_SECONDS = 5.0
LONGEST_BATCH = 30.0
"""A batch ends when nothing happened for 5 s, or after 30 s (M5.5)."""

HOOK_SECONDS = 3.0
UNREACHED_SECONDS = 1.0
AT_ONCE = 50
KEPT_EVENTS = 1000
KEPT_DAYS = 7
LOOK_SECONDS = 1.0
TIDY_SECONDS = 3600.0

Ask = Callable[[str, dict[str, Any], str], HookAnswer | None]


def ask_one(hook: str, arguments: dict[str, Any], module_id: str) -> HookAnswer | None:
    """Ask one module over the host's socket; None when there is no host now."""
    answers = ask_modules(
        hook, arguments, modules=(module_id,), seconds=HOOK_SECONDS, total_seconds=HOOK_SECONDS
    )
    return answers[0] if answers else None


@dataclass
class Courier:
    """Delivers what is due. Used by one thread; all that must survive a crash is in rows."""

    ask: Ask = ask_one
    now: Callable[[], float] = time.monotonic
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict)
    _newest: int = 0
    _changed_at: float = float("-inf")
    _batch_at: float | None = None

    def round(self) -> bool:
        """Give each module what is next for it; True when more may be due at once."""
        self._watch_the_clock()
        more = False
        for hook in EVENT_HOOKS:
            for module_id in implementers(hook):
                if self._not_before.get((module_id, hook), 0.0) <= self.now():
                    more = self._serve(module_id, hook) or more
        return more

    def _watch_the_clock(self) -> None:
        """Note when the last event came, by a clock that nobody can set."""
        newest = last_event()
        if newest > self._newest:
            self._newest, self._changed_at = newest, self.now()
            if self._batch_at is None:
                self._batch_at = self.now()
        elif self._is_quiet():
            self._batch_at = None

    def _is_quiet(self) -> bool:
        waited = self._batch_at is not None and self.now() - self._batch_at >= LONGEST_BATCH
        return waited or self.now() - self._changed_at >= QUIET_SECONDS

    def _serve(self, module_id: str, hook: str) -> bool:
        cursor = EventCursor.objects.filter(id_fold=fold_id(module_id), hook=hook).first()
        if cursor is None:
            cursor = start_cursor(module_id=module_id, hook=hook)
        waiting = list(OutboxEvent.objects.filter(id__gt=cursor.position).order_by("id")[:AT_ONCE])
        if not waiting:
            return False
        if hook == NEED_RELOAD:
            return self._reload(cursor, waiting)
        for event in waiting:
            if not self._deliver(cursor, event.pk, _arguments(hook, event)):
                return False
        return len(waiting) == AT_ONCE

    def _reload(self, cursor: EventCursor, waiting: Sequence[OutboxEvent]) -> bool:
        """Tell of a whole batch when it has ended, or at once if nothing in it has to wait."""
        if len(waiting) == AT_ONCE:
            later = OutboxEvent.objects.filter(id__gt=waiting[-1].pk).order_by("id")
            waiting = [*waiting, *later[: KEPT_EVENTS - AT_ONCE]]
        plan = planned_actions([data_of(event) for event in waiting], _digest)
        if not plan:
            self._advance(cursor, waiting[-1].pk, delivered=False)
        elif self._is_quiet() or plan.keys() <= IMMEDIATE or cursor.tries:
            self._deliver(cursor, waiting[-1].pk, {"planned_actions": plan})
        return False

    def _deliver(self, cursor: EventCursor, position: int, arguments: dict[str, Any]) -> bool:
        """Ask the module once; True when its cursor moved on."""
        key = (cursor.module_id, cursor.hook)
        answer = self.ask(cursor.hook, arguments, cursor.module_id)
        if answer is None or not answer.reached:
            self._not_before[key] = self.now() + UNREACHED_SECONDS
            return False
        if answer.ok:
            self._not_before.pop(key, None)
            self._advance(cursor, position, delivered=True)
            return True
        return self._failed(cursor, position, arguments, answer)

    def _failed(
        self, cursor: EventCursor, position: int, arguments: dict[str, Any], answer: HookAnswer
    ) -> bool:
        cursor.tries += 1
        cursor.error, cursor.error_at = answer.error[-8000:], timezone.now()
        said = last_line(answer.error)
        log.warning("%s: %s failed, try %s: %s", cursor.module_id, cursor.hook, cursor.tries, said)
        if cursor.tries < TRIES:
            cursor.save(update_fields=["tries", "error", "error_at"])
            pause = min(LONGEST_PAUSE, 2.0 ** (cursor.tries - 1))
            self._not_before[cursor.module_id, cursor.hook] = self.now() + pause
            return False
        with transaction.atomic():
            LostEvent.objects.create(
                module_id=cursor.module_id,
                id_fold=cursor.id_fold,
                hook=cursor.hook,
                event_id=position,
                payload=next(iter(arguments.values())),
                tries=cursor.tries,
                error=cursor.error,
            )
            self._advance(cursor, position, delivered=False)
        return True

    def _advance(self, cursor: EventCursor, position: int, *, delivered: bool) -> None:
        """Move a cursor, unless somebody set it further in the meantime."""
        rows = EventCursor.objects.filter(pk=cursor.pk, position__lt=position)
        cursor.position, cursor.tries = position, 0
        cursor.delivered += delivered
        rows.update(position=position, tries=0, delivered=cursor.delivered)


def _arguments(hook: str, event: OutboxEvent) -> dict[str, Any]:
    """Return an event under the name that the hook has for it."""
    return {"question" if hook == CORE_REFERENCES else "data": data_of(event)}


def data_of(event: OutboxEvent) -> dict[str, Any]:
    """Return an event as modules get it."""
    return event_data(event.model, event.record_id, event.action, event.changed)


def forget_old_events() -> int:
    """Delete events that every listener has, and that are old or too many; return how many."""
    listening = {fold_id(module_id) for hook in EVENT_HOOKS for module_id in implementers(hook)}
    behind = EventCursor.objects.filter(id_fold__in=listening).order_by("position")
    slowest = behind.values_list("position", flat=True).first()
    newest = last_event()
    done = newest if slowest is None else slowest
    old = OutboxEvent.objects.filter(id__lte=min(done, newest - KEPT_EVENTS))
    aged = OutboxEvent.objects.filter(
        id__lte=done, id__lt=newest, at__lt=timezone.now() - timedelta(days=KEPT_DAYS)
    )
    given_up = LostEvent.objects.values_list("pk", flat=True)[KEPT_EVENTS : KEPT_EVENTS + 1]
    LostEvent.objects.filter(pk__lte=given_up.first() or 0).delete()
    return old.delete()[0] + aged.delete()[0]


class EventDelivery:
    """A courier in a thread of its own. Use it as a context manager, beside another main loop."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._tidied = float("-inf")

    def __enter__(self) -> EventDelivery:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopping.set()
        poke(self._data_dir, LISTENER)
        self._thread.join(HOOK_SECONDS + LOOK_SECONDS + 1)

    def _run(self) -> None:
        listener, courier, complaint = PokeListener(self._data_dir, LISTENER), Courier(), ""
        try:
            while not self._stopping.is_set():
                more = False
                try:
                    more = courier.round()
                    self._tidy()
                    complaint = ""
                except (DatabaseError, OSError) as error:
                    if str(error) != complaint:
                        complaint = str(error)
                        log.error("events must wait: %s", error)
                    connections.close_all()
                if not more:
                    listener.wait(LOOK_SECONDS)
        finally:
            listener.close()
            with suppress(Exception):  # closing a broken connection must not hide anything
                connections.close_all()

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = time.monotonic()
            forget_old_events()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
