"""HTTP over the host's unix socket, with one deadline for everything."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modules_app.host.names import socket_name
from modules_app.processes import sockets
from modules_app.proxy.limits import Deadline

_RETRY_SECONDS = 0.02


class HostUnavailable(Exception):
    """No server of the wanted registry sequence listens."""


class _DeadlineSocket(socket.socket):
    """A socket whose every read and write ends at the same deadline."""

    deadline: Deadline

    def recv_into(self, *args: Any) -> int:
        """Read what is there, until the deadline."""
        self.settimeout(self.deadline.left())
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        """Write everything, until the deadline."""
        self.settimeout(self.deadline.left())
        super().sendall(*args)


class HostConnection(http.client.HTTPConnection):
    """One connection to the server that listens at ``path``."""

    def __init__(self, path: Path, deadline: Deadline) -> None:
        super().__init__("host")
        self._path = path
        self._deadline = deadline

    def connect(self) -> None:
        """Connect; `OSError` when nobody listens."""
        sock = _DeadlineSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.deadline = self._deadline
        sock.settimeout(self._deadline.left())
        try:
            sockets.connect(sock, self._path)
        except BaseException:
            sock.close()
            raise
        self.sock = sock


def connect(
    run_dir: Path, current_sequence: Callable[[], int], deadline: Deadline, switch_seconds: float
) -> HostConnection:
    """Return a connection to the server of the current registry sequence.

    While a new sequence starts there is no server for some moments: then it is tried again for
    ``switch_seconds``. Raises `HostUnavailable` after that and `TimeoutError` at the deadline.
    """
    give_up = time.monotonic() + switch_seconds
    while True:
        connection = HostConnection(run_dir / socket_name(current_sequence()), deadline)
        try:
            connection.connect()
        except (FileNotFoundError, ConnectionRefusedError, BlockingIOError) as error:
            if time.monotonic() >= give_up:
                raise HostUnavailable from error
            time.sleep(min(_RETRY_SECONDS, deadline.left()))
        else:
            return connection
