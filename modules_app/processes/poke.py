"""A tap on the shoulder between processes: "look at the database now, not in a second".

Best effort by design: whoever waits also looks by itself from time to time.
"""

from __future__ import annotations

import select
import socket
from pathlib import Path

from modules_app.processes import sockets


def poke(data_dir: Path | str, name: str) -> bool:
    """Wake the process called ``name``; False if it does not run. Never blocks, never raises."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        try:
            sockets.connect(sock, _address(data_dir, name))
            sock.send(b".")
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True


class PokeListener:
    """The side that waits. One process may listen under one name (it holds that name's lock)."""

    def __init__(self, data_dir: Path | str, name: str) -> None:
        self._sock = sockets.bind(_address(data_dir, name), socket.SOCK_DGRAM)
        self._sock.setblocking(False)

    def wait(self, seconds: float) -> bool:
        """Wait for a poke, at most ``seconds``; many pokes count as one. True if poked."""
        ready, _, _ = select.select([self._sock], [], [], max(0.0, seconds))
        if not ready:
            return False
        self._drain()
        return True

    def fileno(self) -> int:
        """Return the descriptor, so that a caller can wait for other things too."""
        return self._sock.fileno()

    def close(self) -> None:
        """Stop listening."""
        self._sock.close()

    def _drain(self) -> None:
        try:
            while self._sock.recv(64):
                continue
        except BlockingIOError:
            return


def _address(data_dir: Path | str, name: str) -> Path:
    return Path(data_dir) / "run" / f"{name}.poke"
