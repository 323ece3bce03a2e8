"""What happens inside a forked child: give up what it must not have, run the target, answer."""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from modules_app.processes import isolation, kernel, wire

Target = Callable[[dict[str, Any]], dict[str, Any] | None]
_FIRST_FD = 3


def main(
    parent: int, nonce: str, orders: socket.socket, output_fd: int, answer_fd: int
) -> NoReturn:
    """Wait for the order of the minder, a process ``parent``, and carry it out.

    ``parent`` is 0 inside a PID namespace that the minder is not in.
    """
    _stand_alone(parent, keep={orders.fileno(), output_fd, answer_fd})
    try:
        order = wire.receive(orders)
    except OSError:
        order = None
    orders.close()
    if order is None:
        os._exit(1)
    if order["kind"] == "spawn":
        os.close(output_fd)
        os.close(answer_fd)
        _spawned(order)
    _redirect(output_fd)
    _limited(order, nonce, answer_fd)


def _spawned(order: dict[str, Any]) -> NoReturn:
    """Run a long-lived target; its return ends the process with status 0, an exception with 1."""
    try:
        _find(order["target"])(order["payload"])
    except SystemExit as leaving:
        _leave(leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException:  # noqa: BLE001 - the target may load foreign code, we are its boundary
        traceback.print_exc()
        _leave(1)
    _leave(0)


def _limited(order: dict[str, Any], nonce: str, answer_fd: int) -> NoReturn:
    """Run a target under limits and write its answer, framed by the nonce, to the pipe."""
    weak: list[str] = []
    try:
        weak = set_limits(**order["limits"])
        answer = {"value": _find(order["target"])(order["payload"]), "weak": weak}
        body = json.dumps(answer)
    except BaseException:  # noqa: BLE001 - the target runs foreign code, we are its boundary
        said = traceback.format_exc(limit=-30)[-16_384:]
        body = json.dumps({"traceback": said, "weak": weak})
    status = _answer(answer_fd, f"{nonce}\n{body}\n{nonce}\n".encode())
    _leave(status)


def set_limits(
    *,
    cpu_seconds: int,
    memory_bytes: int,
    file_bytes: int,
    open_files: int,
    processes: int,
    network: bool,
    isolated: bool,
) -> list[str]:
    """Limit this process and its children for good; 0 leaves a limit as it is.

    Returns the names of what this kernel or this user cannot have. ``isolated`` is the minder's
    business: a process cannot enter a PID namespace by itself.
    """
    weak = []
    if not network:
        try:
            isolation.leave_network()
        except OSError:
            weak.append(isolation.NETWORK)
    kernel.share_heaps()
    _limit(resource.RLIMIT_CPU, cpu_seconds, hard=cpu_seconds + 1)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_NOFILE, open_files)
    if processes > 0 and os.geteuid() == 0:  # the kernel lets root have as many as it likes
        weak.append(isolation.PROCESS_LIMIT)
    elif processes > 0:
        _limit(resource.RLIMIT_NPROC, processes + isolation.processes_of_user())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    isolation.give_up_rights()
    return weak


def _limit(which: int, value: int, hard: int = 0) -> None:
    if value <= 0:
        return
    hard = hard or value
    _soft, allowed = resource.getrlimit(which)
    if allowed != resource.RLIM_INFINITY:
        hard = min(hard, allowed)
    resource.setrlimit(which, (min(value, hard), hard))


def _stand_alone(parent: int, *, keep: set[int]) -> None:
    """Leave the minder's session and give back every descriptor but 0, 1, 2 and ``keep``."""
    os.setsid()
    kernel.die_with_parent(parent)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    first = _FIRST_FD
    for kept in sorted(keep):
        os.closerange(first, kept)
        first = kept + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _redirect(output_fd: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.close(nothing)
    os.close(output_fd)


def _find(target: str) -> Target:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


def _answer(answer_fd: int, data: bytes) -> int:
    try:
        while data:
            data = data[os.write(answer_fd, data) :]
    except OSError:
        return 1
    return 0


def _leave(status: int) -> NoReturn:
    """End without atexit handlers and without waiting for threads that the target left (B11)."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    os._exit(status)
