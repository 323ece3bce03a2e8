"""Unix sockets below the data folder, whatever the length of its path.

The kernel takes 107 bytes for the name of a socket; a path through an open directory is short.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modules_app.packages.fsops import FsOps


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Yield another name of ``path`` that fits into a socket address while the block runs."""
    with FsOps().directory(path.parent) as dir_fd:
        yield f"/proc/self/fd/{dir_fd}/{path.name}"


def bind(path: Path, kind: socket.SocketKind) -> socket.socket:
    """Return a socket bound to ``path``, mode 0600; one left behind by a dead process goes."""
    fsops = FsOps()
    with fsops.directory(path.parent) as dir_fd:
        fsops.unlink(path.name, dir_fd)
    sock = socket.socket(socket.AF_UNIX, kind)
    try:
        with short_path(path) as name:
            os.fchmod(sock.fileno(), 0o600)
            sock.bind(name)
    except BaseException:
        sock.close()
        raise
    return sock


def connect(sock: socket.socket, path: Path) -> None:
    """Connect to the socket at ``path``; `OSError` when nobody listens there."""
    with short_path(path) as name:
        sock.connect(name)
