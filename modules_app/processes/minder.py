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
from dataclasses import dataclass
from typing import Any, NoReturn

from modules_app.processes import isolation, kernel, task, wire

_TAIL = 8 * 1024
_ANSWER_BYTES = 32 * 1024 * 1024
_DRAIN_ROUNDS = 64
_KILL_SECONDS = 5.0


class _Terminated(BaseException):
    """The zygote died or asked us to go."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the kernel ``grants`` (see `isolation.granted`), and whether every child is isolated."""

    grants: frozenset[str]
    always: bool

    def make(self) -> isolation.Room | None:
        """Return a PID namespace for the next child, None where there can be none."""
        if isolation.PID_NAMESPACE not in self.grants:
            return None
        try:
            return isolation.Room()
        except OSError:  # granted a while ago, but such things are counted
            return None


def main(control: socket.socket, taken_fd: int, rooms: Rooms) -> NoReturn:
    """Fork a child, take one order off ``control``, mind the child until its end, then leave.

    One byte into ``taken_fd`` tells the zygote that this pair is no longer free.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _terminate)
    kernel.adopt_orphans()
    status = 0
    try:
        child = _Child(rooms.make() if rooms.always else None)
        line = _take(control, taken_fd)
        order = wire.receive(line) if line is not None else None
        if line is not None and order is not None:
            if child.room is None and order.get("limits", {}).get("isolated"):
                child.dismiss()
                child = _Child(rooms.make())
            kind = _Spawned if order["kind"] == "spawn" else _Run
            kind(child, line, order).mind()
    except (_Terminated, OSError):
        status = 1
    finally:
        kill_descendants()
        os._exit(status)


def _terminate(_number: int, _frame: object) -> None:
    raise _Terminated


def _take(control: socket.socket, taken_fd: int) -> socket.socket | None:
    """Wait for the next order; None when the owner is gone."""
    message, fds, _flags, _address = socket.recv_fds(control, 1, 1)
    control.close()
    if message:
        os.write(taken_fd, b".")
    os.close(taken_fd)
    return socket.socket(fileno=fds[0]) if fds else None


class _Child:
    """The forked child, inside ``room`` if there is one, and our ends of the pipes to it."""

    def __init__(self, room: isolation.Room | None) -> None:
        self.room = room
        self.nonce = secrets.token_hex(16)
        self.output_fd, output_end = os.pipe()
        self.answer_fd, answer_end = os.pipe()
        self.orders, orders_end = socket.socketpair()
        me = os.getpid() if room is None else 0  # from inside, nobody outside has a number
        self.pid = os.fork()
        if self.pid == 0:
            task.main(me, self.nonce, orders_end, output_end, answer_end)
        orders_end.close()
        os.close(output_end)
        os.close(answer_end)
        self.pidfd = os.pidfd_open(self.pid)

    def dismiss(self) -> None:
        """End it before it has got its order."""
        self.orders.close()
        os.waitpid(self.pid, 0)
        for fd in (self.output_fd, self.answer_fd, self.pidfd):
            os.close(fd)

    def ended(self) -> bool:
        """Tell whether it ended, without reaping it."""
        result = os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return result is not None


class _Minding:
    """The loop that waits for a child, for its owner and for its time limit."""

    def __init__(self, child: _Child, line: socket.socket, order: dict[str, Any]) -> None:
        self.child = child
        self.line = line
        self.order = order
        self.problem = ""
        self.deadline = float("inf")
        self.poller = select.poll()
        self.poller.register(line, select.POLLIN)
        self.poller.register(child.pidfd, select.POLLIN)

    def begin(self) -> None:
        """Let the child go."""
        wire.send(self.child.orders, self.order)
        self.child.orders.close()

    def wait(self) -> int:
        """Serve events until the child ends, kill the rest, return the exit status."""
        while not self.child.ended():
            left = self.deadline - time.monotonic()
            if left <= 0:
                self.problem = self.problem or "timeout"
                break
            for fd, _event in self.poller.poll(min(left, 3600.0) * 1000):
                self.on_event(fd)
        _kill_group(self.child.pid)
        _pid, status = os.waitpid(self.child.pid, 0)
        kill_descendants()
        return os.waitstatus_to_exitcode(status)

    def on_event(self, fd: int) -> None:
        """React to one descriptor that became readable."""
        if fd == self.line.fileno():
            self._obey()

    def _obey(self) -> None:
        """Follow the owner; an owner that is gone wants everything to end."""
        message = wire.receive(self.line)
        if message and "signal" in message:
            os.kill(self.child.pid, int(message["signal"]))
            return
        grace = float(message["stop"]) if message else 0.0
        if message is None:
            self.poller.unregister(self.line)
        self.problem = self.problem or "stopped"
        if grace > 0:
            os.kill(self.child.pid, signal.SIGTERM)
        self.deadline = min(self.deadline, time.monotonic() + grace)


class _Spawned(_Minding):
    """A long-lived child; output and time are its own."""

    def mind(self) -> None:
        """Tell the owner its process id, and in the end its exit status."""
        wire.send(self.line, {"pid": self.child.pid})
        self.begin()
        wire.send(self.line, {"exit_status": self.wait()})


class _Run(_Minding):
    """A child with limits that must answer on a private pipe."""

    def __init__(self, child: _Child, line: socket.socket, order: dict[str, Any]) -> None:
        super().__init__(child, line, order)
        self.output = bytearray()
        self.answer = bytearray()

    def mind(self) -> None:
        """Run the child to its end and report to the owner."""
        self.begin()
        self.deadline = time.monotonic() + float(self.order["seconds"])
        pipes = (self.child.output_fd, self.child.answer_fd)
        for fd in pipes:
            os.set_blocking(fd, False)
            self.poller.register(fd, select.POLLIN)
        status = self.wait()
        for fd in pipes:
            self._drain(fd)
        wire.send(self.line, self._report(status))

    def on_event(self, fd: int) -> None:
        """Read what the child wrote, or follow the owner."""
        if fd not in (self.child.output_fd, self.child.answer_fd):
            super().on_event(fd)
        elif not self._read(fd):
            self.poller.unregister(fd)

    def _drain(self, fd: int) -> None:
        for _round in range(_DRAIN_ROUNDS):
            if not self._read(fd):
                return

    def _read(self, fd: int) -> bool:
        try:
            part = os.read(fd, 64 * 1024)
        except BlockingIOError:
            return False
        if fd == self.child.answer_fd:
            if len(self.answer) <= _ANSWER_BYTES:
                self.answer += part
        else:
            self.output += part
            del self.output[:-_TAIL]
        return bool(part)

    def _report(self, status: int) -> dict[str, Any]:
        verdict = self._verdict()
        weak = list((verdict or {}).get("weak") or [])
        if self.order["limits"]["isolated"] and self.child.room is None:
            weak.insert(0, isolation.PID_NAMESPACE)
        problem = self.problem or _problem(status, verdict)
        return {
            "ok": not problem,
            "value": verdict.get("value") if verdict and not problem else None,
            "problem": problem,
            "exit_status": status,
            "output": self.output.decode("utf-8", "replace"),
            "traceback": (verdict or {}).get("traceback", ""),
            "weak": weak,
        }

    def _verdict(self) -> dict[str, Any] | None:
        """Return what the child answered, if it is whole and carries the nonce."""
        mark = f"{self.child.nonce}\n".encode()
        start, end = self.answer.find(mark), self.answer.rfind(mark)
        if start < 0 or start == end:
            return None
        try:
            found = json.loads(self.answer[start + len(mark) : end])
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def _problem(status: int, verdict: dict[str, Any] | None) -> str:
    if status == -signal.SIGXCPU:
        return "timeout"
    if verdict is None:
        return "crashed" if status != 0 else "no-verdict"
    return "" if "value" in verdict else "raised"


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
