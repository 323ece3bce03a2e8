"""``python -m modules_app.processes.server``: everything on one machine, in the foreground.

Started by script/server. Holds ``run/server.lock``, runs supervisord below itself, prints where
the server is and, as long as there is no user, the one-time setup link.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import django
from django.conf import settings

from modules_app.processes import kernel
from modules_app.processes.locks import FileLock
from modules_app.processes.supervisord import write_config
from pbxadmin.settings.env import BASE_DIR, env

BUSY = 5
_START_SECONDS = 60
_STOP_SECONDS = 45


def main() -> int:
    """Run until SIGTERM or Ctrl-C; the exit status is 0, or 5 if a server runs already."""
    django.setup()
    data_dir = Path(settings.PBX_DATA_DIR)
    with FileLock(data_dir / "run" / "server.lock") as lock:
        if not lock.try_lock():
            holder = lock.holder()
            who = f"process {holder.pid}" if holder else "another process"
            print(f"A server is running already on {data_dir}: {who}.", file=sys.stderr)
            return BUSY
        return _serve(data_dir)


def _serve(data_dir: Path) -> int:
    port, address = env.int("PBX_PORT", default=8080), env.str("PBX_BIND", default="127.0.0.1")
    _warn(address)
    stopping = _Stopping()
    supervisor = _start(write_config(data_dir, BASE_DIR))
    try:
        _announce(supervisor, stopping, address, port)
        while supervisor.poll() is None and not stopping:
            time.sleep(0.1)
    finally:
        status = _stop(supervisor)
    if not stopping:
        print(f"The server ended. What happened is in {data_dir / 'log'}.", file=sys.stderr)
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


def _stop(supervisor: subprocess.Popen[bytes]) -> int:
    if supervisor.poll() is None:
        supervisor.terminate()
    try:
        return supervisor.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        return supervisor.wait()


def _announce(
    supervisor: subprocess.Popen[bytes], stopping: _Stopping, address: str, port: int
) -> None:
    """Wait until web answers, then say where, and how to make the first user."""
    from modules_app.services.users import setup_code

    deadline = time.monotonic() + _START_SECONDS
    reachable = _reachable(address)
    while supervisor.poll() is None and not stopping and time.monotonic() < deadline:
        if _answers(reachable, port):
            break
        time.sleep(0.1)
    else:
        return
    scheme = "https" if settings.HTTPS else "http"
    name = f"[{reachable}]" if ":" in reachable else reachable
    base = f"{scheme}://{name}:{port}/"
    print(f"PBX Admin answers at {base}", flush=True)
    code = setup_code()
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


def _warn(address: str) -> None:
    if settings.HTTPS or address == "localhost":
        return
    try:
        local = ipaddress.ip_address(address).is_loopback
    except ValueError:
        local = False
    if not local:
        print(
            f"Warning: PBX_BIND={address} lets other machines in without encryption. Put a proxy "
            "with TLS in front and set PBX_HTTPS=1.",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxadmin.settings.web")
    sys.exit(main())
