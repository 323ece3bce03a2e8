"""HTTP over the unix socket on which the host of one registry sequence listens."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

from modules_app.processes import sockets


class HostConnection(http.client.HTTPConnection):
    """One connection to the server that listens at ``path``; ``timeout`` in seconds."""

    def __init__(self, path: Path, timeout: float | None = None) -> None:
        super().__init__("host", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect; `OSError` when nobody listens."""
        sock = self.make_socket()
        try:
            sockets.connect(sock, self._path)
        except BaseException:
            sock.close()
            raise
        self.sock = sock

    def make_socket(self) -> socket.socket:
        """Return the socket that is about to be connected."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self.timeout)
        return sock
