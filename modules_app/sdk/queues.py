"""Named queues of a module, in its own database: jobs go with its data, and with its transactions.

A job is done at least once. It is claimed before it is handled and deleted after; what was claimed
by a process that died goes back. A job that fails waits longer and longer and, in the end, is kept
as a dead letter with its error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from modules_app.domain.queues import TABLE
from modules_app.sdk.context import current_module
from modules_app.sdk.outside import outside

_LONGEST_WAIT = 7 * 86400.0
_ERROR_CHARACTERS = 2000

_CREATE = (
    f"""CREATE TABLE IF NOT EXISTS {TABLE} (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        data TEXT NOT NULL,
        added REAL NOT NULL,
        due REAL NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        dead INTEGER NOT NULL DEFAULT 0,
        claimed_by TEXT NOT NULL DEFAULT '',
        claimed_at REAL NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '')""",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_due ON {TABLE} (queue, dead, due)",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One job; ``tries`` counts this one, too."""

    id: int
    queue: str
    data: Any
    tries: int


def enqueue(queue: str, data: Any, *, delay: float = 0.0) -> int:
    """Add a job to a queue of this module and return its number.

    ``data`` is what JSON can hold; ``delay`` seconds pass before it is due. Inside a transaction
    on the module's database the job exists only if that commits. Raises `ValueError` for an empty
    name, `TypeError` for data that JSON cannot hold.
    """
    if not queue or len(queue) > 64:
        raise ValueError(f"{queue!r} is no name of a queue")
    text = json.dumps(data, ensure_ascii=False)
    facts = current_module()
    store = QueueStore(facts.label)
    now = time.time()
    job_id = store.add(queue, text, now=now, due=now + max(delay, 0.0))
    reached = outside()
    if reached is not None:
        wake = reached.job_waits
        transaction.on_commit(lambda: wake(facts.id, queue), using=facts.label)
    return job_id


class QueueStore:
    """The table of jobs in the database ``alias``; it is made when it is first needed."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        with connections[alias].cursor() as cursor:
            for statement in _CREATE:
                cursor.execute(statement)

    def add(self, queue: str, text: str, *, now: float, due: float) -> int:
        """Insert a job and return its number."""
        columns = "queue, data, added, due"
        with connections[self._alias].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} ({columns}) VALUES (%s, %s, %s, %s)",  # noqa: S608 - ours
                [queue, text, now, due],
            )
            return int(cursor.lastrowid)

    def take(self, queue: str, *, who: str, lost_after: float) -> Job | None:
        """Claim the next due job for ``who``; None when there is none.

        A claim older than ``lost_after`` seconds is one of a process that is gone. A job that is
        due much later than any that we store is due now: somebody has set the clock back.
        """
        now = time.time()
        with transaction.atomic(using=self._alias), connections[self._alias].cursor() as cursor:
            cursor.execute(
                f"""SELECT id, data, tries FROM {TABLE}
                    WHERE queue = %s AND dead = 0 AND (due <= %s OR due > %s)
                    AND (claimed_by = '' OR claimed_at < %s OR claimed_at > %s)
                    ORDER BY id LIMIT 1""",  # noqa: S608 - ours
                [queue, now, now + _LONGEST_WAIT, now - lost_after, now + lost_after],
            )
            row = cursor.fetchone()
            if row is None:
                return None
            cursor.execute(
                f"UPDATE {TABLE} SET claimed_by = %s, claimed_at = %s, tries = tries + 1"  # noqa: S608
                " WHERE id = %s",
                [who, now, row[0]],
            )
        return Job(int(row[0]), queue, json.loads(row[1]), int(row[2]) + 1)

    def next_in(self, queue: str, longest: float) -> float:
        """Return the seconds until the next job that nobody has claimed is due."""
        with connections[self._alias].cursor() as cursor:
            cursor.execute(
                f"SELECT MIN(due) FROM {TABLE} WHERE queue = %s AND dead = 0"  # noqa: S608
                " AND claimed_by = ''",
                [queue],
            )
            (due,) = cursor.fetchone()
        return longest if due is None else min(longest, max(0.0, due - time.time()))

    def release(self, queue: str, *, who: str) -> None:
        """Give back what an earlier process called ``who`` had claimed when it died."""
        self._execute(
            f"UPDATE {TABLE} SET claimed_by = '' WHERE queue = %s AND claimed_by = %s",  # noqa: S608
            [queue, who],
        )

    def done(self, job: Job) -> None:
        """Delete a job that was handled."""
        self._execute(f"DELETE FROM {TABLE} WHERE id = %s", [job.id])  # noqa: S608 - ours

    def failed(self, job: Job, error: str, *, again_in: float | None) -> None:
        """Give a job back after ``again_in`` seconds; None makes it a dead letter."""
        self._execute(
            f"UPDATE {TABLE} SET claimed_by = '', error = %s, due = %s, dead = %s"  # noqa: S608
            " WHERE id = %s",
            [
                error[-_ERROR_CHARACTERS:],
                time.time() + (again_in or 0.0),
                int(again_in is None),
                job.id,
            ],
        )

    def bury(self, queue: str, *, most_tries: int) -> None:
        """Make dead letters of jobs that ended their process so often that no try is left."""
        self._execute(
            f"UPDATE {TABLE} SET dead = 1, error = CASE error WHEN '' THEN %s ELSE error END"  # noqa: S608
            " WHERE queue = %s AND dead = 0 AND claimed_by = '' AND tries >= %s",
            ["The process ended each time while it handled this job.", queue, most_tries],
        )

    def _execute(self, statement: str, values: Sequence[Any]) -> None:
        with connections[self._alias].cursor() as cursor:
            cursor.execute(statement, values)
