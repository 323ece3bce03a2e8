"""What happens inside a forked child: give up what it must not have, run the target, answer."""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from modules_app.processes import kernel

Target = Callable[[dict[str, Any]], dict[str, Any] | None]
_FIRST_FD = 3


def spawned(order: dict[str, Any], parent: int) -> NoReturn:
    """Run a long-lived target; its return ends the process with status 0, an exception with 1."""
    _stand_alone(parent, keep=None)
    try:
        _find(order["target"])(order["payload"])
    except SystemExit as leaving:
        _leave(leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException:  # noqa: BLE001 - the target may load foreign code, we are its boundary
        traceback.print_exc()
        _leave(1)
    _leave(0)


def limited(
    order: dict[str, Any], parent: int, nonce: str, output_fd: int, answer_fd: int
) -> NoReturn:
    """Run a target under limits and write its answer, framed by the nonce, to the pipe."""
    _redirect(output_fd)
    _stand_alone(parent, keep=answer_fd)
    try:
        set_limits(**order["limits"])
        answer = {"value": _find(order["target"])(order["payload"])}
        body = json.dumps(answer)
    except BaseException:  # noqa: BLE001 - the target runs foreign code, we are its boundary
        body = json.dumps({"traceback": traceback.format_exc(limit=-30)[-16_384:]})
    status = _answer(answer_fd, f"{nonce}\n{body}\n{nonce}\n".encode())
    _leave(status)


def set_limits(
    *, cpu_seconds: int, memory_bytes: int, file_bytes: int, open_files: int, processes: int
) -> None:
    """Limit this process and its children for good; 0 leaves a limit as it is."""
    _limit(resource.RLIMIT_CPU, cpu_seconds, hard=cpu_seconds + 1)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_NOFILE, open_files)
    _limit(resource.RLIMIT_NPROC, processes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit(which: int, value: int, hard: int = 0) -> None:
    if value <= 0:
        return
    hard = hard or value
    _soft, allowed = resource.getrlimit(which)
    if allowed != resource.RLIM_INFINITY:
        hard = min(hard, allowed)
    resource.setrlimit(which, (min(value, hard), hard))


def _stand_alone(parent: int, *, keep: int | None) -> None:
    """Leave the minder's session and give back every descriptor but 0, 1, 2 and ``keep``."""
    os.setsid()
    kernel.die_with_parent(parent)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    highest = os.sysconf("SC_OPEN_MAX")
    if keep is None:
        os.closerange(_FIRST_FD, highest)
    else:
        os.closerange(_FIRST_FD, keep)
        os.closerange(keep + 1, highest)


def _redirect(output_fd: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)


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
