"""What was given up gets a second try: events that a module did not take, jobs of its queues."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from modules_app import audit
from modules_app.bridge.hooks import HookAnswer
from modules_app.bridge.workers import MAILBOX
from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.domain.ids import fold_id
from modules_app.domain.model_events import NEED_RELOAD
from modules_app.domain.operations import OPEN
from modules_app.domain.queues import TABLE
from modules_app.exceptions import Busy, ModuleError, NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import EventCursor, LostEvent, Module, Operation
from modules_app.permissions import Actor, Right, require
from modules_app.processes.mailbox import post
from modules_app.selectors.answers import implementers
from modules_app.selectors.workers import module_database
from modules_app.services.event_delivery import ask_one
from modules_app.services.hook_results import last_line

DATABASE_SECONDS = 2.0
"""A module's database belongs to the module: what a trigger of it does ends after this time."""

Ask = Callable[[str, dict[str, Any], str], HookAnswer | None]


def retry_event(*, actor: Actor, lost_id: int, ask: Ask = ask_one) -> LostEvent:
    """Tell the module once more of an event that was given up; taken, it leaves the list.

    It comes out of its order, hence the module may have heard of later changes already. Raises
    ``NotFound``, ``Refused`` when nobody listens, ``ModuleError`` when it fails again.
    """
    require(actor, Right.INSTALL)
    lost = LostEvent.objects.filter(pk=lost_id).first()
    if lost is None:
        raise NotFound(
            "lost-event-unknown",
            _("There is no event {number} that was given up."),
            context={"number": lost_id},
        )
    if lost.module_id not in implementers(lost.hook):
        raise Refused(
            "lost-event-nobody-listens",
            _("“{id}” does not listen now."),
            context={"id": lost.module_id},
            hint=_("Enable the module first."),
        )
    answer = ask(lost.hook, {_ARGUMENTS.get(lost.hook, "data"): lost.payload}, lost.module_id)
    if answer is None or not answer.reached:
        raise ModuleError(
            "module-not-reached",
            _("“{id}” could not be asked now."),
            context={"id": lost.module_id},
            hint=_("The process that runs modules may be starting; try again in a moment."),
        )
    _note(actor, lost, answer)
    if not answer.ok:
        raise ModuleError(
            "lost-event-failed-again",
            _("“{id}” failed again: {error}"),
            context={"id": lost.module_id, "error": last_line(answer.error)},
        )
    return lost


_ARGUMENTS = {NEED_RELOAD: "planned_actions", CORE_REFERENCES: "question"}


def _note(actor: Actor, lost: LostEvent, answer: HookAnswer) -> None:
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="event-retry",
            target=lost.module_id,
            outcome="done" if answer.ok else "failed",
            detail={"hook": lost.hook, "event": lost.event_id},
        )
        if answer.ok:
            LostEvent.objects.filter(pk=lost.pk).delete()
            cursors = EventCursor.objects.filter(id_fold=lost.id_fold, hook=lost.hook)
            cursors.update(delivered=F("delivered") + 1)
        else:
            LostEvent.objects.filter(pk=lost.pk).update(
                tries=F("tries") + 1, error=answer.error[-8000:]
            )


def retry_job(*, actor: Actor, module_id: str, job_id: int) -> None:
    """Put a dead letter back into its queue with all its tries.

    Raises ``NotFound``, ``Busy`` while the module's data may be moving, ``ModuleError`` when its
    database cannot be written.
    """
    require(actor, Right.OPERATE)
    module = Module.objects.filter(id_fold=fold_id(module_id)).first()
    if module is None:
        raise _no_job(module_id, job_id)
    _refuse_busy(module)
    try:
        queue = _revive(module.pk, job_id)
    except sqlite3.Error as error:
        raise ModuleError(
            "queue-not-written",
            _("The database of “{id}” does not take it now: {error}"),
            context={"id": module.pk, "error": str(error)},
            hint=_("Try again in a moment."),
        ) from error
    if queue is None:
        raise _no_job(module.pk, job_id)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="job-retry",
            target=module.pk,
            outcome="done",
            detail={"queue": queue, "job": job_id},
        )
    post(
        settings.PBX_DATA_DIR / "run" / MAILBOX,
        {"what": "job", "module": module.pk, "queue": queue},
    )


def _revive(module_id: str, job_id: int) -> str | None:
    """Return the queue of the job that lives again, None when there is no such dead letter."""
    path = module_database(module_id)
    if path is None:
        return None
    until = time.monotonic() + DATABASE_SECONDS
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as database:
        database.set_progress_handler(lambda: int(time.monotonic() > until), 1000)
        database.execute("PRAGMA trusted_schema=OFF")
        with database:
            rows = database.execute(
                f"UPDATE {TABLE} SET dead = 0, tries = 0, due = ?, claimed_by = ''"  # noqa: S608
                " WHERE id = ? AND dead = 1 RETURNING queue",
                [time.time(), job_id],
            ).fetchall()
    return str(rows[0][0])[:64] if rows else None


def _no_job(module_id: str, job_id: int) -> NotFound:
    return NotFound(
        "job-unknown",
        _("“{id}” has given up no job {number}."),
        context={"id": module_id, "number": job_id},
    )


def _refuse_busy(module: Module) -> None:
    other = Operation.objects.filter(id_fold=module.id_fold, outcome__in=OPEN).first()
    if other is not None:
        raise Busy(
            "module-busy",
            _("Operation {operation} is still running on “{id}”."),
            context={"id": module.pk, "operation": other.pk},
            hint=_("Wait for it, or open it and cancel it."),
        )
