"""Small messages between processes of one machine: JSON datagrams on a unix socket.

Best effort, as pokes are: a message to somebody who is gone, or whose box is full, is lost.
"""

from __future__ import annotations

import json
import select
import socket
from pathlib import Path
from typing import Any

from modules_app.processes import sockets

_LARGEST = 16 * 1024
_MOST = 1000


class Mailbox:
    """The side that receives, at ``path``; whoever binds there later gets the later messages."""

    def __init__(self, path: Path) -> None:
        self._sock = sockets.bind(path, socket.SOCK_DGRAM)
        self._sock.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor, so that a caller can wait for other things too."""
        return self._sock.fileno()

    def wait(self, seconds: float) -> list[dict[str, Any]]:
        """Wait for messages, at most ``seconds``, and return all that are there.

        A poke (see `poke`) counts as a message that says nothing; what is no JSON is dropped.
        """
        ready, _, _ = select.select([self._sock], [], [], max(0.0, seconds))
        return self.read() if ready else []

    def read(self) -> list[dict[str, Any]]:
        """Return what is there without waiting."""
        found = []
        for _number in range(_MOST):
            try:
                data = self._sock.recv(_LARGEST)
            except BlockingIOError:
                break
            message = _parse(data)
            if message is not None:
                found.append(message)
        return found

    def close(self) -> None:
        """Stop receiving."""
        self._sock.close()


def post(path: Path, message: dict[str, Any]) -> bool:
    """Send a message to the box at ``path``; False if nobody has one there, or it is full."""
    data = json.dumps(message).encode()
    if len(data) > _LARGEST:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        try:
            sockets.connect(sock, path)
            sock.send(data)
        except OSError:
            return False
    return True


def _parse(data: bytes) -> dict[str, Any] | None:
    if data == b".":
        return {}
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
