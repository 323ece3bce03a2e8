"""What the supervisor of workers, the workers and everybody else know of each other: files.

``run/workers.poke`` is the supervisor's mailbox, ``run/workers.json`` says how the workers fare,
``run/worker-crashes.json`` counts crashes. In ``run/workers/`` each process has a lock and a
mailbox, and each module a lock that all its processes share: whoever gets that one alone knows
that none of them lives.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from modules_app.bridge.files import CountedModules
from modules_app.domain.ids import fold_id
from modules_app.domain.workers import CrashRule
from modules_app.packages.fsops import FsOps
from modules_app.processes import clock

FOLDER = "workers"
MAILBOX = "workers.poke"
STATUS_FILE = "workers.json"
LOCK_FILE = "workers.lock"
_CRASHES = "worker-crashes.json"
_PAUSE = 0.02


def worker_key(module_id: str, name: str, instance: int) -> str:
    """Return what one process is called in files, messages and logs."""
    return f"{module_id}/{name}/{instance}"


def mailbox_name(key: str) -> str:
    """Return the name of a worker's socket in ``run/workers``."""
    return f"{_digest(key)}.sock"


def lock_name(key: str) -> str:
    """Return the name of the lock that one process of a worker holds alone."""
    return f"{_digest(key)}.lock"


def module_lock_name(module_id: str) -> str:
    """Return the name of the lock that all workers of a module share."""
    return f"{_digest(fold_id(module_id))}.module.lock"


def log_name(name: str, instance: int) -> str:
    """Return the name of a worker's log file in the module's folder of logs."""
    return f"worker-{name}-{instance}.log" if instance > 1 else f"worker-{name}.log"


def take_lock(run_dir: Path, name: str, how: int, *, seconds: float) -> int | None:
    """Lock a file of ``run/workers``; return its descriptor, None if that took too long.

    ``how`` is ``fcntl.LOCK_EX`` or ``fcntl.LOCK_SH``. The lock ends with the process.
    """
    fsops = FsOps()
    with fsops.directory(run_dir) as dir_fd:
        fsops.ensure_dir(FOLDER, dir_fd, mode=0o700)
    with fsops.directory(run_dir, FOLDER) as dir_fd:
        fd = fsops.open_lock(name, dir_fd)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(fd, how | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(fd)
                return None
            time.sleep(_PAUSE)


def wait_until_stopped(
    run_dir: Path,
    module_id: str,
    *,
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Wait until no worker of the module lives; False if one still does after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        fd = take_lock(run_dir, module_lock_name(module_id), fcntl.LOCK_EX, seconds=0.1)
        if fd is not None:
            os.close(fd)
            return True
        if time.monotonic() >= deadline or should_stop():
            return False


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One process as the supervisor sees it; times are ISO 8601, "" for never.

    ``last_end`` is a sentence: "message" in English and the "context" that fills it.
    ``state``: "running", "starting", "stopping", or "waiting" before it starts again.
    """

    module_id: str
    name: str
    instance: int
    check: str
    generation: str
    state: str
    pid: int = 0
    since: str = ""
    restarts: int = 0
    crashes: int = 0
    last_end: dict[str, Any] = field(default_factory=dict)
    last_end_at: str = ""

    @property
    def key(self) -> str:
        """Return what the process is called everywhere."""
        return worker_key(self.module_id, self.name, self.instance)

    @property
    def log(self) -> str:
        """Return the name of its log file."""
        return log_name(self.name, self.instance)


@dataclass(frozen=True, slots=True)
class WorkersStatus:
    """All workers, and those that are not started with a sentence (see `WorkerComplaint`).

    ``supervisor`` is the process that says so; 0 when nobody does.
    """

    workers: tuple[WorkerStatus, ...] = ()
    complaints: tuple[dict[str, Any], ...] = ()
    safe_mode: bool = False
    supervisor: int = 0

    def of(self, module_id: str) -> tuple[WorkerStatus, ...]:
        """Return the workers of one module."""
        return tuple(one for one in self.workers if one.module_id == module_id)

    def complaints_of(self, module_id: str) -> tuple[dict[str, Any], ...]:
        """Return the complaints about one module."""
        return tuple(one for one in self.complaints if one["module_id"] == module_id)


def write_status(run_dir: Path, status: WorkersStatus, fsops: FsOps) -> None:
    """Replace the file; it need not survive a crash, because no worker does."""
    data = json.dumps(asdict(status), ensure_ascii=False).encode()
    fsops.write_file_atomically(run_dir, STATUS_FILE, data, durable=False)


def read_status(run_dir: Path) -> WorkersStatus:
    """Return what the supervisor wrote last; an unreadable file says nothing."""
    try:
        found = json.loads((run_dir / STATUS_FILE).read_text("utf-8"))
        return WorkersStatus(
            tuple(WorkerStatus(**one) for one in found["workers"]),
            tuple(dict(one) for one in found["complaints"]),
            bool(found["safe_mode"]),
            int(found["supervisor"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return WorkersStatus()


@dataclass(frozen=True, slots=True)
class ModuleCrashes:
    """The crashes of one generation of a module in the present window, and the last one.

    ``text`` is the last error, of at most 500 characters (M3.6); ``at`` is for people.
    """

    generation: str
    window: clock.Stamp
    count: int
    worker: str
    text: str
    at: str


class WorkerCrashes(CountedModules[ModuleCrashes]):
    """The counts of all modules; the supervisor writes them, the operator draws consequences."""

    def __init__(self, run_dir: Path, *, fsops: FsOps | None = None) -> None:
        super().__init__(run_dir, _CRASHES, lambda one: ModuleCrashes(**one), fsops)

    def charge(
        self, rule: CrashRule, *, module_id: str, generation: str, worker: str, text: str, at: str
    ) -> ModuleCrashes:
        """Count one crash; another generation, or the end of the window, begins from one."""
        with self.locked():
            known = self.read()
            before = known.get(module_id)
            if before is None or before.generation != generation or _is_over(before, rule):
                window, count = clock.stamp(), 0
            else:
                window, count = before.window, before.count
            known[module_id] = ModuleCrashes(generation, window, count + 1, worker, text[-500:], at)
            self.write(known)
        return known[module_id]

    def keep_only(self, generations: Mapping[str, str]) -> None:
        """Forget modules that are not to run now in that generation."""
        known = self.read()
        self.forget([n for n, one in known.items() if generations.get(n) != one.generation])


def _is_over(crashes: ModuleCrashes, rule: CrashRule) -> bool:
    age = clock.seconds_since(crashes.window)
    return age is None or age > rule.seconds


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
