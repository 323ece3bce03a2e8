"""How the workers of modules fare, what waits in their queues, and what they logged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from modules_app.bridge.workers import LOCK_FILE, WorkersStatus, WorkerStatus, log_name, read_status
from modules_app.domain.queues import TABLE
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import data_dir

TAIL_BYTES = 64 * 1024
LETTERS = 20


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up; ``error`` is the end of the last traceback."""

    id: int
    queue: str
    data: str
    tries: int
    error: str


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of a module; ``waiting`` are the jobs that are still tried."""

    name: str
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class ModuleWorkers:
    """Everything about one module's workers; ``supervised`` while the supervisor runs."""

    supervised: bool
    workers: tuple[WorkerStatus, ...]
    complaints: tuple[dict[str, Any], ...]
    queues: tuple[Queue, ...]
    letters: tuple[DeadLetter, ...]

    def __bool__(self) -> bool:
        return bool(self.workers or self.complaints or self.queues)


def supervisor_runs() -> bool:
    """Tell whether a supervisor of workers holds its lock."""
    return FileLock(data_dir().run / LOCK_FILE).holder() is not None


def workers_of(module_id: str) -> ModuleWorkers:
    """Return the workers of one module, with its queues."""
    status = _status()
    queues, letters = _queues(module_id)
    return ModuleWorkers(
        supervised=bool(status.supervisor),
        workers=status.of(module_id),
        complaints=status.complaints_of(module_id),
        queues=queues,
        letters=letters,
    )


def all_workers() -> tuple[WorkerStatus, ...]:
    """Return the workers of all modules, by module and name."""
    return _status().workers


def find_worker(module_id: str, name: str, instance: int) -> WorkerStatus:
    """Return one process. Raises ``NotFound``."""
    for one in _status().of(module_id):
        if (one.name, one.instance) == (name, instance):
            return one
    raise NotFound(
        "worker-unknown",
        _("“{id}” has no worker “{name}”."),
        context={"id": module_id, "name": name},
    )


def log_tail(module_id: str, name: str, instance: int) -> str:
    """Return the end of a worker's log, "" when there is none."""
    path = data_dir().log / module_id / log_name(name, instance)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - TAIL_BYTES))
            text = file.read(TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    return text if size <= TAIL_BYTES else text.partition("\n")[2]


def _status() -> WorkersStatus:
    """Return what the supervisor says; when it is gone, so are all workers."""
    status = read_status(data_dir().run)
    if status.supervisor and supervisor_runs():
        return status
    ended = (replace(one, state="off", pid=0, since="") for one in status.workers)
    return replace(status, workers=tuple(ended), supervisor=0)


def _queues(module_id: str) -> tuple[tuple[Queue, ...], tuple[DeadLetter, ...]]:
    """Read the module's own database; one that cannot be read now has no queues to show."""
    with suppress(sqlite3.Error), _database(module_id) as database:
        if database is None:
            return (), ()
        counts = database.execute(
            f"SELECT queue, SUM(dead = 0), SUM(dead = 1) FROM {TABLE} GROUP BY queue"  # noqa: S608
        ).fetchall()
        letters = database.execute(
            f"SELECT id, queue, substr(data, 1, 2000), tries, error FROM {TABLE}"  # noqa: S608
            " WHERE dead = 1 ORDER BY id DESC LIMIT ?",
            [LETTERS],
        ).fetchall()
        return tuple(Queue(*row) for row in counts), tuple(DeadLetter(*row) for row in letters)
    return (), ()


def module_database(module_id: str) -> Path | None:
    """Return where the module's own database is now; None when it has none."""
    epoch = Module.objects.filter(pk=module_id).values_list("epoch", flat=True).first()
    path = Path(data_dir().epoch(module_id, epoch or "") / "module.db")
    return path if epoch and path.is_file() and not path.is_symlink() else None


@contextmanager
def _database(module_id: str) -> Iterator[sqlite3.Connection | None]:
    path = module_database(module_id)
    if path is None:
        yield None
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)) as found:
        yield found
