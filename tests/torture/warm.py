"""Real operator processes, forked from a warm one so that thousands of them can be killed.

A case is a process of its own with its own session, database connection, threads and locks; only
the interpreter and the parent of module children were started before. ``Warm`` is the driver's
side, ``main`` the process: ``python -m tests.torture.warm FD``.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules_app.processes import wire

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended: exit status (negative for a signal), answer, seconds, what it printed."""

    status: int
    answer: Any
    seconds: float
    output: str


class Warm:
    """Starts cases; use as a context manager. Not for several threads.

    ``prefix`` is a program that all of it runs under, such as faketime.
    """

    def __init__(self, folder: Path, prefix: tuple[str, ...] = ()) -> None:
        self._folder = folder
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-B", "-m", "tests.torture.warm", str(theirs.fileno())],
                cwd=ROOT,
                env=environment(folder / "warm"),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._line = ours
        self._line.settimeout(PATIENCE)

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._line.close()
        self._process.wait(30)

    def run(
        self,
        site: Path,
        target: str,
        payload: dict[str, Any] | None = None,
        *,
        meddle: Callable[[int], None] | None = None,
        **variables: str,
    ) -> Ended:
        """Run ``target(payload)`` for the installation ``site`` in a new process, to its end.

        ``meddle`` is called with the process id while it runs; ``variables`` are its environment.
        """
        order = {
            "site": str(site),
            "target": target,
            "payload": payload or {},
            "variables": variables,
        }
        started = time.monotonic()
        wire.send(self._line, order)
        news = wire.receive(self._line)
        assert news is not None, "the warm process died"
        if meddle is not None:
            meddle(int(news["pid"]))
        ended = wire.receive(self._line)
        assert ended is not None, "the warm process died"
        seconds = time.monotonic() - started
        return Ended(ended["status"], ended["answer"], seconds, ended["output"])


def kill_later(seconds: float, number: int = signal.SIGKILL) -> Callable[[int], None]:
    """Return a meddler that sends a signal after ``seconds``."""

    def kill(pid: int) -> None:
        with suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
            try:
                time.sleep(seconds)
                signal.pidfd_send_signal(fd, number)
            finally:
                os.close(fd)

    return kill


def kill_group_later(seconds: float) -> Callable[[int], None]:
    """Return a meddler that kills the whole process group after ``seconds``."""

    def kill(pid: int) -> None:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    return kill


def environment(site: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that works on ``site``."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web",
        "PBX_DATA_DIR": str(site),
        "PYTHONPATH": str(ROOT),
        **more,
    }


def main(fd: int) -> None:
    """Fork one case after the other until the driver is gone."""
    import django

    django.setup()
    line = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    from tests.torture import inside

    inside.warm_up(Path(os.environ["PBX_DATA_DIR"]))
    while order := wire.receive(line):
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as answer:
            pid = os.fork()
            if pid == 0:
                _case(order, line, output.fileno(), answer.fileno())
            wire.send(line, {"pid": pid})
            _pid, status = os.waitpid(pid, 0)
            output.seek(0)
            answer.seek(0)
            said = answer.read()
            report = {
                "status": os.waitstatus_to_exitcode(status),
                "answer": json.loads(said) if said else None,
                "output": output.read().decode("utf-8", "replace")[-8000:],
            }
        wire.send(line, report)
    inside.cool_down()


def _case(order: dict[str, Any], line: socket.socket, output: int, answer: int) -> None:
    status = 1
    try:
        line.close()
        os.setsid()
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(order["variables"])
        module, _, function = order["target"].partition(":")
        from tests.torture import inside

        inside.move_to(Path(order["site"]))
        value = getattr(importlib.import_module(module), function)(order["payload"])
        os.write(answer, json.dumps(value).encode())
        status = 0
    except BaseException:  # the driver reads the traceback
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
