"""HTTP over the host's unix socket, with one deadline for everything."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modules_app.bridge.connection import HostConnection
from modules_app.bridge.names import socket_name
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


class DeadlineConnection(HostConnection):
    """A connection that nothing keeps open longer than its deadline."""

    def __init__(self, path: Path, deadline: Deadline) -> None:
        super().__init__(path)
        self._deadline = deadline

    def make_socket(self) -> socket.socket:
        """Return a socket that knows the deadline."""
        sock = _DeadlineSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.deadline = self._deadline
        sock.settimeout(self._deadline.left())
        return sock


def connect(
    run_dir: Path, current_sequence: Callable[[], int], deadline: Deadline, switch_seconds: float
) -> DeadlineConnection:
    """Return a connection to the server of the current registry sequence.

    While a new sequence starts there is no server for some moments: then it is tried again for
    ``switch_seconds``. Raises `HostUnavailable` after that and `TimeoutError` at the deadline.
    """
    give_up = time.monotonic() + switch_seconds
    while True:
        connection = DeadlineConnection(run_dir / socket_name(current_sequence()), deadline)
        try:
            connection.connect()
        except (FileNotFoundError, ConnectionRefusedError, BlockingIOError) as error:
            if time.monotonic() >= give_up:
                raise HostUnavailable from error
            time.sleep(min(_RETRY_SECONDS, deadline.left()))
        else:
            return connection
