"""The process between zygote and child: time limit, output, verdict, and cleaning up after it."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import sys
import time
from typing import Any, NoReturn

from modules_app.processes import kernel, task, wire

_TAIL = 8 * 1024
_ANSWER_BYTES = 32 * 1024 * 1024
_DRAIN_ROUNDS = 64
_KILL_SECONDS = 5.0


class _Terminated(BaseException):
    """The zygote died or asked us to go."""


def main(line: socket.socket) -> NoReturn:
    """Mind one child as the owner at the other end of ``line`` orders, then leave."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _terminate)
    kernel.adopt_orphans()
    status = 0
    try:
        order = wire.receive(line)
        if order is not None:
            _mind(line, order)
    except (_Terminated, OSError):
        status = 1
    finally:
        kill_descendants()
        os._exit(status)


def _terminate(_number: int, _frame: object) -> None:
    raise _Terminated


def _mind(line: socket.socket, order: dict[str, Any]) -> None:
    if order["kind"] == "spawn":
        _Spawned(line, order).mind()
    else:
        _Run(line, order).mind()


class _Child:
    """One forked child and the loop that waits for it, for its owner and for its limits."""

    def __init__(self, line: socket.socket, order: dict[str, Any]) -> None:
        self.line = line
        self.problem = ""
        self.stopping = False
        self.deadline = float("inf")
        self.poller = select.poll()
        self.poller.register(line, select.POLLIN)
        self.pid = 0
        self.pidfd = -1

    def begin(self, pid: int) -> None:
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        self.poller.register(self.pidfd, select.POLLIN)

    def wait(self) -> int:
        """Serve events until the child ends, kill the rest, return the exit status."""
        while not self._ended():
            left = self.deadline - time.monotonic()
            if left <= 0:
                self.problem = self.problem or "timeout"
                break
            for fd, _event in self.poller.poll(min(left, 3600.0) * 1000):
                self.on_event(fd)
            if self.deadline <= 0:
                break
        _kill_group(self.pid)
        _pid, status = os.waitpid(self.pid, 0)
        kill_descendants()
        return os.waitstatus_to_exitcode(status)

    def on_event(self, fd: int) -> None:
        if fd == self.line.fileno():
            self._obey()

    def _ended(self) -> bool:
        result = os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return result is not None

    def _obey(self) -> None:
        """Follow the owner; an owner that is gone wants everything to end."""
        message = wire.receive(self.line)
        grace = float(message["stop"]) if message else 0.0
        if message is None:
            self.poller.unregister(self.line)
        self.problem = self.problem or "stopped"
        if grace <= 0:
            self.deadline = 0
            return
        os.kill(self.pid, signal.SIGTERM)
        self.deadline = min(self.deadline, time.monotonic() + grace)


class _Spawned(_Child):
    """A long-lived child; output and time are its own."""

    def __init__(self, line: socket.socket, order: dict[str, Any]) -> None:
        super().__init__(line, order)
        self.order = order

    def mind(self) -> None:
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            task.spawned(self.order, me)
        self.begin(pid)
        wire.send(self.line, {"pid": pid})
        wire.send(self.line, {"exit_status": self.wait()})


class _Run(_Child):
    """A child with limits that must answer on a private pipe."""

    def __init__(self, line: socket.socket, order: dict[str, Any]) -> None:
        super().__init__(line, order)
        self.order = order
        self.nonce = secrets.token_hex(16)
        self.output = bytearray()
        self.answer = bytearray()
        self.output_fd = -1
        self.answer_fd = -1

    def mind(self) -> None:
        self.output_fd, output_end = os.pipe()
        self.answer_fd, answer_end = os.pipe()
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            task.limited(self.order, me, self.nonce, output_end, answer_end)
        os.close(output_end)
        os.close(answer_end)
        self.begin(pid)
        self.deadline = time.monotonic() + float(self.order["seconds"])
        for fd in (self.output_fd, self.answer_fd):
            os.set_blocking(fd, False)
            self.poller.register(fd, select.POLLIN)
        status = self.wait()
        for fd in (self.output_fd, self.answer_fd):
            self._drain(fd)
        wire.send(self.line, self._report(status))

    def on_event(self, fd: int) -> None:
        if fd in (self.output_fd, self.answer_fd):
            if not self._read(fd):
                self.poller.unregister(fd)
        else:
            super().on_event(fd)

    def _drain(self, fd: int) -> None:
        for _round in range(_DRAIN_ROUNDS):
            if not self._read(fd):
                return

    def _read(self, fd: int) -> bool:
        try:
            part = os.read(fd, 64 * 1024)
        except BlockingIOError:
            return False
        if fd == self.answer_fd:
            if len(self.answer) <= _ANSWER_BYTES:
                self.answer += part
        else:
            self.output += part
            del self.output[:-_TAIL]
        return bool(part)

    def _report(self, status: int) -> dict[str, Any]:
        verdict = self._verdict()
        problem = self.problem
        if not problem and status == -signal.SIGXCPU:
            problem = "timeout"
        if not problem and verdict is None:
            problem = "crashed" if status != 0 else "no-verdict"
        if not problem and verdict is not None and "value" not in verdict:
            problem = "raised"
        return {
            "ok": not problem,
            "value": verdict.get("value") if verdict and not problem else None,
            "problem": problem,
            "exit_status": status,
            "output": self.output.decode("utf-8", "replace"),
            "traceback": (verdict or {}).get("traceback", ""),
        }

    def _verdict(self) -> dict[str, Any] | None:
        """Return what the child answered, if it is whole and carries the nonce."""
        mark = f"{self.nonce}\n".encode()
        start, end = self.answer.find(mark), self.answer.rfind(mark)
        if start < 0 or start == end:
            return None
        try:
            found = json.loads(self.answer[start + len(mark) : end])
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def kill_descendants() -> None:
    """Kill all children, then the orphans that they leave to us, until nobody is left.

    Gives up after some seconds: a process in an uninterruptible wait cannot be killed.
    """
    deadline = time.monotonic() + _KILL_SECONDS
    while time.monotonic() < deadline:
        found = kernel.children()
        if not found:
            return
        for pid in found:
            _kill_group(pid)
            _kill(pid)
        _reap(found)
    print(f"processes {kernel.children()} do not die", file=sys.stderr, flush=True)


def _reap(pids: list[int]) -> None:
    for pid in pids:
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            time.sleep(0.002)


def _kill_group(pid: int) -> None:
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
