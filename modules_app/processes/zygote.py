"""A warm parent process that forks children for code we do not trust.

The owner (operator, host parent) starts one zygote: a fresh interpreter with Django set up and
no module code. For each task the zygote forks a *minder*, and the minder forks the *child* that
runs the task. The minder keeps the time limit, reads what the child prints and, at the end, kills
everything that the child left behind, also what daemonised itself. When the owner dies, the
minder sees its end of the connection closed and does the same.

A child's word counts only with the nonce of its task on a private pipe, because an exit status
proves nothing (reference R0.5).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from modules_app.processes import wire

_POLL_SECONDS = 0.1
_WARM_SECONDS = 60.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may use; 0 means no limit. Times in seconds of CPU, sizes in bytes.

    ``processes`` is how many more than now the user may have and has no effect on root. Without
    ``network`` there is none, not even the machine's own. ``isolated`` puts the child into a PID
    namespace, with which everything it started dies. What cannot be had is left out;
    `ChildResult.weak` says so.
    """

    cpu_seconds: int = 0
    memory_bytes: int = 1024 * 1024 * 1024
    file_bytes: int = 512 * 1024 * 1024
    open_files: int = 256
    processes: int = 0
    network: bool = True
    isolated: bool = True


@dataclass(frozen=True, slots=True)
class ChildResult:
    """How a child ended. ``value`` is its answer when ``ok``; else ``problem`` says what happened.

    ``problem``: "" | "raised" | "timeout" | "crashed" | "no-verdict" | "stopped" | "lost". Lost is
    a child whose minder or zygote ended first, which says nothing about the child.
    ``exit_status`` is negative for a signal, None when the child was never seen to end.
    ``output`` is the tail of what it printed. ``weak`` names the limits that were asked for and
    could not be had here: "pid-namespace", "network", "process-limit" (for root).
    """

    ok: bool
    value: dict[str, Any] | None
    problem: str
    exit_status: int | None
    output: str
    traceback: str
    seconds: float
    weak: list[str] = field(default_factory=list)


class Zygote:
    """Runs targets ("package.module:function", payload in, dict out) in forked children.

    Thread-safe; several children may run at once. ``settings_module`` are the Django settings of
    the children, ``label`` names the process in a process list, ``preload`` are modules to import
    before the first fork, or functions to call then ("package.module:function"). With
    ``isolated`` the child that waits for the next order stands in a PID namespace already; turn it
    off where `spawn` starts processes that must see the numbers of others. So many children are
    kept ``waiting``, which is what several at once find ready. Nothing starts before `start`, `run`
    or `spawn`.
    """

    def __init__(
        self,
        *,
        settings_module: str,
        label: str,
        preload: tuple[str, ...] = (),
        isolated: bool = True,
        waiting: int = 1,
    ) -> None:
        self._settings_module = settings_module
        self._label = label
        self._preload = preload
        self._isolated = "isolated" if isolated else "plain"
        self._waiting = str(waiting)
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._closed = False

    def start(self) -> None:
        """Start warming up in the background, if it has not started yet."""
        with self._guard:
            self._ensure_started()

    def run(
        self,
        target: str,
        payload: dict[str, Any],
        *,
        seconds: float,
        limits: ChildLimits | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> ChildResult:
        """Run ``target(payload)`` in a child and return how it ended; never raises for the child.

        The time limit counts from the fork. ``should_stop`` is asked ten times a second.
        """
        started = time.monotonic()
        order = {
            "kind": "run",
            "target": target,
            "payload": payload,
            "seconds": seconds,
            "limits": asdict(limits or ChildLimits()),
        }
        line = self._send(order)
        try:
            answer = _await_result(line, _WARM_SECONDS + seconds + _STOP_SECONDS, should_stop)
        finally:
            self._forget(line)
        if answer is None:
            answer = _nothing("lost")
        return ChildResult(**answer, seconds=time.monotonic() - started)

    def spawn(self, target: str, payload: dict[str, Any]) -> SpawnedChild:
        """Start ``target(payload)`` in a child without a time limit; its output is ours.

        Raises `ChildProcessError` when the child cannot be started.
        """
        line = self._send({"kind": "spawn", "target": target, "payload": payload})
        line.settimeout(_WARM_SECONDS)
        try:
            news = wire.receive(line)
        except TimeoutError:
            news = None
        if news is None:
            self._forget(line)
            raise ChildProcessError(f"{self._label} could not start {target}")
        return SpawnedChild(pid=int(news["pid"]), line=line, forget=self._forget)

    def close(self) -> None:
        """End the zygote and every child, and wait until they are gone."""
        with self._guard:
            self._closed = True
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            self._stop()

    def _send(self, order: dict[str, Any]) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._guard:
            try:
                self._hand_over(theirs)
            except BaseException:
                ours.close()
                raise
            self._open.add(ours)
        with suppress(OSError):  # a dead minder shows as the end of the connection
            wire.send(ours, order)
        return ours

    def _hand_over(self, theirs: socket.socket) -> None:
        if self._closed:
            raise RuntimeError("the zygote is closed")
        for _attempt in range(2):
            control = self._ensure_started()
            try:
                socket.send_fds(control, [b"."], [theirs.fileno()])
            except OSError:
                self._stop()
            else:
                return
        raise ChildProcessError(f"{self._label} does not start")

    def _ensure_started(self) -> socket.socket:
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = self._launch(theirs.fileno())
        self._control = ours
        return ours

    def _launch(self, control_fd: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-B", "-m", "modules_app.processes.warm"]
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                *(*command, self._label, str(control_fd), self._isolated, self._waiting),
                *self._preload,
            ],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": self._settings_module},
            cwd=_PROJECT,
            pass_fds=[control_fd],
            start_new_session=True,
        )

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _forget(self, line: socket.socket) -> None:
        with self._guard:
            self._open.discard(line)
        line.close()


class SpawnedChild:
    """A long-lived child, for example the HTTP server of the host. Used by one thread.

    ``lost`` once its minder or the zygote ended first, which says nothing about the child.
    """

    def __init__(
        self, *, pid: int, line: socket.socket, forget: Callable[[socket.socket], None]
    ) -> None:
        self.pid = pid
        self._line = line
        self._forget = forget
        self._status: int | None = None
        self._ended = self.lost = False

    def poll(self) -> int | None:
        """Return the exit status (negative for a signal) or None while the child runs."""
        if not self._ended:
            self._line.settimeout(0)
            try:
                self._line.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                return None
            except OSError:
                return self.wait(0)
        return self.wait(0)

    def wait(self, seconds: float) -> int | None:
        """Wait for the end at most ``seconds`` and return the exit status, None if it runs on."""
        if self._ended:
            return self._status
        self._line.settimeout(max(seconds, 0.001))
        try:
            news = wire.receive(self._line)
        except TimeoutError:
            return None
        self._ended, self.lost = True, news is None
        self._status = -9 if news is None else int(news["exit_status"])
        self._forget(self._line)
        return self._status

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child, and to nobody else if it has ended."""
        if not self._ended:
            with suppress(OSError):
                wire.send(self._line, {"signal": int(number)})

    def begin_stop(self, grace: float) -> None:
        """Send SIGTERM; after ``grace`` seconds everything that is left is killed."""
        if not self._ended:
            with suppress(OSError):
                wire.send(self._line, {"stop": grace})

    def terminate(self, grace: float) -> int | None:
        """Stop the child as `begin_stop` does and return its exit status."""
        self.begin_stop(grace)
        return self.wait(grace + _STOP_SECONDS)


_PROJECT = Path(__file__).resolve().parents[2]


def _await_result(
    line: socket.socket, patience: float, should_stop: Callable[[], bool] | None
) -> dict[str, Any] | None:
    """Return the minder's report, asking ``should_stop`` while waiting."""
    deadline = time.monotonic() + patience
    stopped = False
    while time.monotonic() < deadline:
        line.settimeout(_POLL_SECONDS)
        try:
            first = line.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            if not stopped and should_stop is not None and should_stop():
                stopped = True
                _ask_to_stop(line)
            continue
        except ConnectionResetError:
            return None
        if not first:
            return None
        line.settimeout(_STOP_SECONDS)
        return wire.receive(line)
    return _nothing("timeout")


def _ask_to_stop(line: socket.socket) -> None:
    with suppress(OSError):
        wire.send(line, {"stop": 0})


def _nothing(problem: str) -> dict[str, Any]:
    return {
        "ok": False,
        "value": None,
        "problem": problem,
        "exit_status": None,
        "output": "",
        "traceback": "",
        "weak": [],
    }
