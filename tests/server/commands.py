"""Commands of ``manage.py`` from a process that has imported everything, forked for each of them.

A test that looks at a server again and again through the command line would spend most of its time
on the start of Python. ``Commands`` is the test's side, ``main`` the process:
``python -m tests.server.commands FD``. That a command starts by itself is tested in tests/cli.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, NoReturn

from modules_app.processes import wire

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


class Commands:
    """Runs commands one after the other, each in a process of its own. Not for several threads."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.server.commands", str(theirs.fileno())],
                cwd=ROOT,
                env={**environment, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` with these arguments to its end."""
        wire.send(self._line, {"arguments": arguments})
        ended = wire.receive(self._line)
        assert ended is not None, "the process that forks commands has died"
        return subprocess.CompletedProcess(arguments, **ended)

    def close(self) -> None:
        """End the process."""
        self._line.close()
        self._process.wait(30)


def main(fd: int) -> None:
    """Fork one command after the other until the test is gone."""
    import django

    django.setup()
    from django.core.management import load_command_class

    load_command_class("modules_app", "module")
    line = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    while order := wire.receive(line):
        wire.send(line, _forked(order["arguments"], line))


def _forked(arguments: list[str], line: socket.socket) -> dict[str, Any]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        pid = os.fork()
        if pid == 0:
            line.close()
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            _command(arguments)
        _pid, status = os.waitpid(pid, 0)
        for file in (output, errors):
            file.seek(0)
        return {
            "returncode": os.waitstatus_to_exitcode(status),
            "stdout": output.read().decode(),
            "stderr": errors.read().decode(),
        }


def _command(arguments: list[str]) -> NoReturn:
    """Be ``manage.py`` and end as Python would."""
    import manage

    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["manage.py", *arguments]
    status: Any = 0
    try:
        manage.main()
    except SystemExit as leaving:
        status = leaving.code
    except BaseException:  # the test reads the traceback
        traceback.print_exc()
        status = 1
    if isinstance(status, str):
        print(status, file=sys.stderr)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
