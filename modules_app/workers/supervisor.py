"""The supervisor: keeps the workers that modules asked for running (reference M13.1).

It never runs module code: each worker is forked from a warm process with the settings of the host.
When the supervisor dies, however it dies, the kernel and the minders end all workers; a lock per
process keeps the next supervisor from starting any of them twice.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modules_app.bridge.workers import (
    FOLDER,
    MAILBOX,
    WorkerCrashes,
    WorkersStatus,
    WorkerStatus,
    mailbox_name,
    write_status,
)
from modules_app.domain.workers import Check, CrashRule
from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps
from modules_app.processes.mailbox import Mailbox, post
from modules_app.processes.poke import poke
from modules_app.processes.zygote import SpawnedChild, Zygote
from modules_app.workers.endings import ENDS, MEMORY, RESTART, in_english
from modules_app.workers.logs import LogRotation
from modules_app.workers.memory import own_bytes
from modules_app.workers.process import Ending, Timing, WorkerProcess
from modules_app.workers.wanted import Place, Wanted

log = logging.getLogger("pbxadmin.workers")

TARGET = "modules_app.host.worker:run"
PRELOAD = ("modules_app.host.worker", "modules_app.host.application:warm_up")
LOOK_SECONDS = 0.5
_ROWS_SECONDS = 1.0
_MEASURE_SECONDS = 5.0
_HURRIED = (None, "restart")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use, in bytes; above ``memory_bytes`` it is restarted softly."""

    memory_bytes: int = 256 * 1024 * 1024
    hard_memory_bytes: int = 1024 * 1024 * 1024
    file_bytes: int = 1024 * 1024 * 1024
    open_files: int = 512
    log_bytes: int = 5 * 1024 * 1024
    log_files: int = 3


@dataclass(frozen=True, slots=True)
class Options:
    """Where everything is and how patient the supervisor is."""

    data_dir: Path
    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    timing: Timing = field(default_factory=Timing)
    rule: CrashRule = field(default_factory=CrashRule)
    settings_module: str = "pbxadmin.settings.host"


class Supervisor:
    """Runs until `stop`; the caller holds ``run/workers.lock``.

    ``read_wanted`` says what must run. When it raises one of ``errors``, everything stays as it is.
    """

    def __init__(
        self,
        options: Options,
        *,
        read_wanted: Callable[[], Wanted],
        errors: tuple[type[Exception], ...] = (),
        fsops: FsOps | None = None,
    ) -> None:
        self._options = options
        self._read_wanted = read_wanted
        self._errors = (OSError, ModuleError, *errors)
        self._fsops = fsops or FsOps()
        self._run_dir = options.data_dir / "run"
        self._crashes = WorkerCrashes(self._run_dir, fsops=self._fsops)
        limits = options.limits
        self._logs = LogRotation(
            options.data_dir / "log", limits.log_bytes, limits.log_files, self._fsops
        )
        self._processes: dict[str, WorkerProcess] = {}
        self._wanted = Wanted({})
        self._counted: dict[str, str] | None = None
        self._written: WorkersStatus | None = None
        self._stopping = False
        self._complaint = ""
        self._read_at = self._measured_at = float("-inf")
        self._zygote = Zygote(
            settings_module=options.settings_module,
            label="pbx-workers",
            preload=PRELOAD,
            isolated=False,
        )

    def stop(self) -> None:
        """End `run` soon; may be called from a signal handler."""
        self._stopping = True
        poke(self._options.data_dir, "workers")

    def run(self) -> None:
        """Keep workers running until `stop`."""
        with self._fsops.directory(self._run_dir) as dir_fd:
            self._fsops.ensure_dir(FOLDER, dir_fd, mode=0o700)
        box = Mailbox(self._run_dir / MAILBOX)
        self._zygote.start()
        try:
            while not self._stopping:
                self._look()
                self._listen(box)
        finally:
            self._end_all()
            box.close()

    def _listen(self, box: Mailbox) -> None:
        """Take in messages until it is time to look again, or somebody is in a hurry."""
        deadline = time.monotonic() + LOOK_SECONDS
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            messages = box.wait(left)
            for message in messages:
                self._hear(message)
            if any(message.get("what") in _HURRIED for message in messages):
                self._read_at = float("-inf")
                return

    def _look(self) -> None:
        self._follow_rows()
        for place in self._wanted.places.values():
            if place.key not in self._processes:
                self._processes[place.key] = self._new(place)
        for key, process in list(self._processes.items()):
            ending = process.look(self._wanted.places.get(key))
            if ending is not None:
                self._note(ending)
            if process.gone:
                del self._processes[key]
        if time.monotonic() - self._measured_at > _MEASURE_SECONDS:
            self._measured_at = time.monotonic()
            self._measure()
        self._report()

    def _follow_rows(self) -> None:
        if time.monotonic() - self._read_at < _ROWS_SECONDS:
            return
        self._read_at = time.monotonic()
        try:
            self._wanted = self._read_wanted()
            self._forget_others()
            self._complaint = ""
        except self._errors as error:
            self._complain(f"the rows cannot be read: {error}")

    def _forget_others(self) -> None:
        """Let modules that were stopped, or changed, begin to count from zero."""
        modules = [place.module for place in self._wanted.places.values()]
        generations = {module.id: module.generation for module in modules}
        if generations != self._counted:
            self._crashes.keep_only(generations)
            self._counted = generations

    def _new(self, place: Place) -> WorkerProcess:
        return WorkerProcess(place, self._spawn, self._ping, self._options.timing, _now_text)

    def _spawn(self, place: Place) -> SpawnedChild:
        limits = self._options.limits
        payload: dict[str, Any] = {
            "module": place.module.as_dict(),
            "worker": place.spec.name,
            "instance": place.instance,
            "data_dir": str(self._options.data_dir),
            "language": self._options.language,
            "limits": {
                "hard_memory_bytes": limits.hard_memory_bytes,
                "file_bytes": limits.file_bytes,
                "open_files": limits.open_files,
            },
        }
        if place.spec.check is Check.AMI and self._wanted.ami is not None:
            payload["ami"] = self._wanted.ami.as_dict()
        child = self._zygote.spawn(TARGET, payload)
        log.info("%s starts as process %s", place.key, child.pid)
        return child

    def _ping(self, key: str) -> None:
        post(self._run_dir / FOLDER / mailbox_name(key), {"what": "ping"})

    def _hear(self, message: dict[str, Any]) -> None:
        what = message.get("what")
        if what == "job":
            self._announce(str(message.get("module", "")))
        elif what == "restart":
            self._restart(str(message.get("module", "")), str(message.get("name", "")))
        elif (process := self._processes.get(str(message.get("worker", "")))) is not None:
            process.hear(message)

    def _announce(self, module_id: str) -> None:
        for process in self._of(module_id):
            name = mailbox_name(process.place.key)
            post(self._run_dir / FOLDER / name, {"what": "job"})

    def _restart(self, module_id: str, name: str) -> None:
        for process in self._of(module_id):
            if not name or process.place.spec.name == name:
                process.restart(RESTART)

    def _of(self, module_id: str) -> list[WorkerProcess]:
        found = self._processes.values()
        return [one for one in found if one.place.module.id == module_id]

    def _note(self, ending: Ending) -> None:
        place, text = ending.place, in_english(ending.how)
        log.warning("%s: %s", place.key, text)
        if not ending.crash:
            return
        try:
            counted = self._crashes.charge(
                self._options.rule,
                module_id=place.module.id,
                generation=place.module.generation,
                worker=place.spec.name,
                text=text,
                at=_now_text(),
            )
        except self._errors as error:
            self._complain(f"a crash cannot be counted: {error}")
            return
        if self._options.rule.broken_by(counted.count):
            poke(self._options.data_dir, "operator")

    def _measure(self) -> None:
        """Rotate logs, and restart softly whoever holds too much memory."""
        for process in self._processes.values():
            spec, child = process.place.spec, process.child
            try:
                self._logs.look(spec.module_id, spec.name, process.place.instance)
            except self._errors as error:
                self._complain(f"a log cannot be rotated: {error}")
            if child is not None and own_bytes(child.pid) > self._options.limits.memory_bytes:
                log.warning("%s holds too much memory", process.place.key)
                process.restart(MEMORY)

    def _report(self) -> None:
        status = WorkersStatus(
            workers=self._statuses(),
            complaints=tuple(
                {
                    "module_id": one.module_id,
                    "worker": one.worker,
                    "slug": one.slug,
                    "message": one.message,
                    "context": one.context,
                }
                for one in self._wanted.complaints
            ),
            safe_mode=self._wanted.safe_mode,
            supervisor=0 if self._stopping else os.getpid(),
        )
        if status == self._written:
            return
        try:
            write_status(self._run_dir, status, self._fsops)
            self._written = status
        except self._errors as error:
            self._complain(f"the state cannot be written: {error}")

    def _statuses(self) -> tuple[WorkerStatus, ...]:
        return tuple(self._processes[key].status() for key in sorted(self._processes))

    def _end_all(self) -> None:
        for process in self._processes.values():
            process.stop(ENDS)
        deadline = time.monotonic() + self._options.timing.stop + 2
        for process in self._processes.values():
            if process.child is not None:
                process.child.wait(max(0.0, deadline - time.monotonic()))
        self._zygote.close()
        self._processes.clear()
        self._wanted = Wanted({})
        self._report()

    def _complain(self, sentence: str) -> None:
        """Log a lasting trouble once, not twice a second."""
        if sentence != self._complaint:
            self._complaint = sentence
            log.error(sentence)


def _now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
