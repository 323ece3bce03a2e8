"""One process of a worker: started, alive, hung, asked to end, ended, and started again."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modules_app.bridge.workers import WorkerStatus
from modules_app.domain.workers import NOT_WANTED, PINGED, Check, pause_after
from modules_app.processes.zygote import SpawnedChild
from modules_app.workers.endings import (
    LATE,
    LONG_JOB,
    LOST,
    NO_BEAT,
    NO_PONG,
    NOT_STARTED,
    NOT_WANTED_ANY_MORE,
    REPLACED,
    Said,
    how,
    said,
)
from modules_app.workers.wanted import Place


class State(StrEnum):
    """Where a process stands."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds.

    ``start``: from the fork to the beginning of its work. ``soft``: to finish after SIGUSR1.
    ``stop``: to end after SIGTERM. After ``settled`` a worker's earlier failures are forgotten.
    """

    start: float = 60.0
    soft: float = 30.0
    stop: float = 5.0
    settled: float = 60.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended by itself; ``crash`` when that counts."""

    place: Place
    crash: bool
    how: Said


@dataclass
class WorkerProcess:
    """See the module. ``spawn`` starts a child, ``ping`` sends it a ping."""

    place: Place
    spawn: Callable[[Place], SpawnedChild]
    ping: Callable[[str], None]
    timing: Timing
    now_text: Callable[[], str]
    child: SpawnedChild | None = None
    state: State = State.WAITING
    failures: int = 0
    restarts: int = 0
    crashes: int = 0
    since: str = ""
    last_end: Said = field(default_factory=dict)
    last_end_at: str = ""
    _not_before: float = 0.0
    _started: float = 0.0
    _sign: float = 0.0
    _busy_until: float = 0.0
    _pinged: float = 0.0
    _awaiting: bool = False
    _deadline: float = float("inf")
    _asked: Said | None = None
    _trouble: Said | None = None
    _crash: str = ""
    _leaving: bool = False

    @property
    def alive(self) -> bool:
        """Tell whether there is a process."""
        return self.child is not None

    @property
    def gone(self) -> bool:
        """Tell whether it was told to leave for good, and has."""
        return self._leaving and self.child is None

    def hear(self, message: dict[str, Any]) -> None:
        """Take in what the process says; what another one said under its name is dropped."""
        if self.child is None or message.get("pid") != self.child.pid:
            return
        what, now = message.get("what"), time.monotonic()
        self._sign = now
        if what in ("ready", "beat") and self.state is State.STARTING:  # a "ready" may be lost
            self.state = State.RUNNING
            self._pinged, self._awaiting = now, False
        elif what == "pong":
            self._awaiting = False
        elif what == "busy":
            seconds = float(message.get("seconds", 0.0))
            self._busy_until = now + min(seconds, 86400.0) if seconds else 0.0
            self._awaiting = self._awaiting and bool(seconds)
        elif what == "crash":
            self._crash = str(message.get("text", ""))[-500:]

    def look(self, place: Place | None) -> Ending | None:
        """Do what is due; ``place`` is what must run under this name, None if nothing must.

        Returns how the process ended if it did by itself.
        """
        ending = self._reap()
        if place is None:
            self.leave()
        elif not place.same_code(self.place):
            if self.alive:
                self.stop(REPLACED)
            else:
                self.place, self.failures, self._not_before = place, 0, 0.0
        else:
            self.place = place
        if not self._leaving:
            self._keep_alive()
        self._press()
        return ending

    def restart(self, why: Said) -> None:
        """Let it finish what it does, end, and start again at once."""
        self.failures, self._not_before = 0, 0.0
        if self.alive and self.state is not State.STOPPING:
            self._asked, self.state = why, State.STOPPING
            self._deadline = time.monotonic() + self.timing.soft
            self.child.signal(signal.SIGUSR1)  # type: ignore[union-attr]

    def stop(self, why: Said) -> None:
        """Ask it to end now; after `Timing.stop` seconds it is killed."""
        if self.child is None or (self.state is State.STOPPING and self._deadline == float("inf")):
            return
        if self._trouble is None:
            self._asked = self._asked or why
        self.state, self._deadline = State.STOPPING, float("inf")
        self.child.begin_stop(self.timing.stop)

    def leave(self) -> None:
        """End it for good."""
        self._leaving = True
        self.stop(NOT_WANTED_ANY_MORE)

    def status(self) -> WorkerStatus:
        """Return what people see."""
        spec = self.place.spec
        return WorkerStatus(
            module_id=spec.module_id,
            name=spec.name,
            instance=self.place.instance,
            check=str(spec.check),
            generation=self.place.module.generation,
            state=str(self.state),
            pid=self.child.pid if self.child else 0,
            since=self.since if self.child else "",
            restarts=self.restarts,
            crashes=self.crashes,
            last_end=self.last_end,
            last_end_at=self.last_end_at,
        )

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if self.child is None:
            if now >= self._not_before:
                self._start(now)
            return
        if self.state is State.RUNNING and now - self._started > self.timing.settled:
            self.failures = 0
        if self.state is not State.STOPPING and (trouble := self._examine(now)):
            self._trouble = trouble
            self.state, self._deadline = State.STOPPING, float("inf")
            self.child.begin_stop(1.0)

    def _start(self, now: float) -> None:
        if self.since:
            self.restarts += 1
        self.state, self._started, self._sign = State.STARTING, now, now
        self._asked, self._trouble, self._crash = None, None, ""
        self._busy_until, self._awaiting, self._deadline = 0.0, False, float("inf")
        try:
            self.child = self.spawn(self.place)
        except (ChildProcessError, OSError) as error:
            self._failed(said(NOT_STARTED, error=str(error)))
            return
        self.since = self.now_text()

    def _examine(self, now: float) -> Said | None:
        """Return why a process that exists does not count as alive, None if it does."""
        spec = self.place.spec
        if self.state is State.STARTING:
            late = now - self._started > self.timing.start
            return said(LATE, seconds=self.timing.start) if late else None
        if now < self._busy_until:
            return None
        if self._busy_until:
            return said(LONG_JOB)
        if spec.check is Check.HEARTBEAT and now - self._sign > spec.alive_seconds:
            return said(NO_BEAT, seconds=spec.alive_seconds)
        if spec.check in PINGED:
            if self._awaiting and now - self._pinged > spec.alive_seconds:
                return said(NO_PONG, seconds=spec.alive_seconds)
            if not self._awaiting and now - self._pinged > spec.interval:
                self._pinged, self._awaiting = now, True
                self.ping(self.place.key)
        return None

    def _press(self) -> None:
        """Become less polite with a process that was asked to end and did not."""
        if self.child is not None and time.monotonic() > self._deadline:
            self._deadline = float("inf")
            self.child.begin_stop(self.timing.stop)

    def _reap(self) -> Ending | None:
        if self.child is None or (status := self.child.poll()) is None:
            return None
        lost, self.child, self.state = self.child.lost, None, State.WAITING
        self.last_end_at = self.now_text()
        if lost:
            self._failed(LOST)
            return None
        if self._asked is not None and self._trouble is None:
            self.last_end = self._asked
            return None
        found = self._trouble or how(status, self._crash)
        crash = bool(self._trouble or self._crash) or status not in (0, NOT_WANTED)
        self._failed(found)
        self.crashes += crash
        return Ending(self.place, crash, found)

    def _failed(self, why: Said) -> None:
        self.failures += 1
        self.state, self.last_end, self.last_end_at = State.WAITING, why, self.now_text()
        self._not_before = time.monotonic() + pause_after(self.failures)
