"""The record of one running operation. Nobody else writes its outcome, stage and steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.operations import UNFINISHED, Outcome, Stage
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.permissions import Actor

_TOLD = ("next_operation", "needs_attention", "automatic", UNFINISHED)


class Cancelled(ModuleError):
    """Somebody asked for the end before the commit point."""


class Journal:
    """Writes what happens to an operation; every write is one short transaction.

    All but the last of them are `progress`.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    @property
    def actor(self) -> Actor:
        """Return who asked, with every right: the right was checked when it was queued."""
        return Actor.system(channel=self.operation.channel, name=self.operation.actor)

    def enter(self, stage: Stage, **fields: Any) -> None:
        """Close the stage before, open this one and store ``fields`` of the operation row.

        Raises ``Cancelled`` when that was asked for.
        """
        now = timezone.now()
        with progress(), transaction.atomic(savepoint=False):
            self.stop_if_asked()
            self._close_steps(Outcome.DONE, now)
            self.operation.steps.filter(stage=stage).update(outcome=Outcome.RUNNING, started_at=now)
            self._update(stage=stage, beat_at=now, **fields)

    def say(self, text: str, **context: Any) -> None:
        """Add a message that the person sees with the operation (sentence unfilled)."""
        self.operation.messages.append({"text": text, "context": context})
        self._update(messages=self.operation.messages, beat_at=timezone.now())

    def say_plain(self, texts: list[str], source: str) -> None:
        """Add what module code said; it is shown as plain text with its source."""
        said = [
            {"text": "{source}: {said}", "context": {"source": source, "said": str(text)[:2000]}}
            for text in texts[:50]
        ]
        if said:
            self.operation.messages.extend(said)
            self._update(messages=self.operation.messages)

    def beat(self) -> None:
        """Say that the operation is alive; the page warns when the last beat is old."""
        self._update(beat_at=timezone.now())

    def asked_to_stop(self) -> bool:
        """Tell whether somebody asked to cancel and it is still possible."""
        if self.operation.committed:
            return False
        return Operation.objects.filter(pk=self.operation.pk, cancel_requested=True).exists()

    def stop_if_asked(self) -> None:
        """Raise ``Cancelled`` if somebody asked to cancel and it is still possible."""
        if self.asked_to_stop():
            raise Cancelled("operation-cancelled", _("It was cancelled before anything changed."))

    def remember(self, **fields: Any) -> None:
        """Store fields of the operation row, for example the names that it is about to use."""
        self._update(**fields)

    def commit(self) -> None:
        """Mark the commit point and write it to the audit, in the transaction of the change."""
        self.remember(committed=True)
        self._audit("committed")

    def finish(self, outcome: Outcome, error: ModuleError | None = None) -> None:
        """Close the operation with its outcome, its last step and the audit row in one commit."""
        now = timezone.now()
        with transaction.atomic(savepoint=False):
            last = outcome if outcome in (Outcome.DONE, Outcome.CANCELLED) else Outcome.FAILED
            self._close_steps(last, now)
            self._update(
                outcome=outcome, error=error.as_dict() if error else None, ended_at=now, beat_at=now
            )
            self._audit(outcome, error)

    def close_steps(self) -> None:
        """Close what a repetition of the last part opened again; the operation has ended before."""
        with progress():
            self._close_steps(Outcome.DONE, timezone.now())

    def _audit(self, outcome: str, error: ModuleError | None = None) -> None:
        """Write the transition; of the result only what holds no content of files or settings."""
        result = self.operation.result or {}
        audit.record(
            actor=self.actor,
            action=f"module-{self.operation.verb}",
            target=self.operation.module_id,
            outcome=outcome,
            operation=self.operation,
            reason=error.slug if error else "",
            detail={name: result[name] for name in _TOLD if name in result},
        )

    def _close_steps(self, outcome: Outcome, now: Any) -> None:
        running = self.operation.steps.filter(outcome=Outcome.RUNNING)
        running.update(outcome=outcome, ended_at=now)

    def _update(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.operation, name, value)
        with progress():
            self.operation.save(update_fields=list(fields))


@contextmanager
def progress() -> Iterator[None]:
    """Let commits in this block become durable with the next durable one, without a sync of theirs.

    The log of SQLite keeps the order, so a power cut can only take the newest progress away, never
    leave a later commit without it. Inside a transaction that is open already nothing changes.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


def outcome_of(error: ModuleError) -> Outcome:
    """Return how an operation ended that stopped with ``error``."""
    if isinstance(error, Cancelled):
        return Outcome.CANCELLED
    return Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
