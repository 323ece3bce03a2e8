"""Everything on one machine, in the foreground: ``manage.py serve``, started by script/server.

Holds ``run/server.lock``, runs supervisord below itself, prints where the server is and, as long
as there is no user, the one-time setup link.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modules_app.processes import kernel
from modules_app.processes.locks import FileLock
from modules_app.processes.supervisord import Program, write_config

BUSY = 5
_START_SECONDS = 60
_STOP_SECONDS = 45


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where to listen, and the folders of data and code. ``https``: behind a proxy with TLS.

    ``watch`` is the folder of a module in development, which is installed anew when it changes.
    ``more`` are programs beside our own that this installation runs.
    """

    data_dir: Path
    project: Path
    address: str
    port: int
    https: bool
    watch: Path | None = None
    more: tuple[Program, ...] = ()


def serve(options: ServerOptions, *, setup_code: Callable[[], str]) -> int:
    """Run until SIGTERM or Ctrl-C; the status is 0, 5 if a server runs already, 1 for the rest.

    ``setup_code`` returns the one-time code of the first run, "" when there is a user.
    """
    with FileLock(options.data_dir / "run" / "server.lock") as lock:
        if lock.try_lock():
            if problem := port_problem(options.address, options.port):
                print(f"Error: {problem}", file=sys.stderr)
                return 1
            return _serve(options, setup_code)
        holder = lock.holder()
        who = f"process {holder.pid}" if holder else "another process"
        print(f"A server is running already on {options.data_dir}: {who}.", file=sys.stderr)
        return BUSY


def _serve(options: ServerOptions, setup_code: Callable[[], str]) -> int:
    _warn(options)
    stopping = _Stopping()
    supervisor = _start(write_config(options.data_dir, options.project, options.more))
    watching = None
    try:
        if _wait_for_web(supervisor, stopping, options):
            _announce(options, setup_code())
            watching = _watch(options)
        elif supervisor.poll() is None and not stopping:
            log = options.data_dir / "log" / "web.log"
            print(f"The pages do not answer yet; {log} says why.", file=sys.stderr, flush=True)
        while supervisor.poll() is None and not stopping:
            time.sleep(0.1)
    finally:
        if watching is not None:
            watching.terminate()
        status = _stop(supervisor)
    if not stopping:
        log = options.data_dir / "log"
        print(f"The server ended. What happened is in {log}.", file=sys.stderr)
        return status or 1
    print("Stopped.", flush=True)
    return 0


class _Stopping:
    """True after the first SIGTERM or Ctrl-C."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: object) -> None:
        self._asked = True

    def __bool__(self) -> bool:
        return self._asked


def _start(config: Path) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 - our own interpreter and configuration
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: kernel.die_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509
    )


def _watch(options: ServerOptions) -> subprocess.Popen[bytes] | None:
    """Start what installs a module in development anew; it tells what happens here."""
    if options.watch is None:
        return None
    parent = os.getpid()
    command = [sys.executable, str(options.project / "manage.py"), "module", "watch"]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and command
        [*command, str(options.watch)],
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: kernel.die_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509
    )


def _stop(supervisor: subprocess.Popen[bytes]) -> int:
    if supervisor.poll() is None:
        supervisor.terminate()
    try:
        return supervisor.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        return supervisor.wait()


def _wait_for_web(
    supervisor: subprocess.Popen[bytes], stopping: _Stopping, options: ServerOptions
) -> bool:
    """Tell whether web answers, as soon as it does; False when it ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while supervisor.poll() is None and not stopping and time.monotonic() < deadline:
        if _answers(_reachable(options.address), options.port):
            return True
        time.sleep(0.1)
    return False


def _announce(options: ServerOptions, code: str) -> None:
    """Say where the server is, and how to make the first user."""
    name = _reachable(options.address)
    host = f"[{name}]" if ":" in name else name
    base = f"{'https' if options.https else 'http'}://{host}:{options.port}/"
    print(f"PBX Admin answers at {base}", flush=True)
    if code:
        print("There is no user yet. Open this link once to create the administrator:")
        print(f"  {base}setup/{code}/", flush=True)


def _answers(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(address: str) -> str:
    if address == "0.0.0.0":  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return "::1" if address == "::" else address


def port_problem(address: str, port: int) -> str:
    """Return why nobody can listen there, "" if somebody can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except (OSError, OverflowError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        return (
            f"Nothing can listen on {address}, port {port}: {cause}. "
            "Set PBX_PORT (1 to 65535) or PBX_BIND to something else."
        )
    return ""


def _warn(options: ServerOptions) -> None:
    if options.https or options.address == "localhost":
        return
    try:
        local = ipaddress.ip_address(options.address).is_loopback
    except ValueError:
        local = False
    if not local:
        print(
            f"Warning: PBX_BIND={options.address} lets other machines in without encryption. Put "
            "a proxy with TLS in front and set PBX_HTTPS=1.",
            file=sys.stderr,
            flush=True,
        )
