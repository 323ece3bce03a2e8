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


def bind(path: Path, kind: socket.SocketKind, *, mode: int = 0o600) -> socket.socket:
    """Return a socket bound to ``path``; one left behind by a dead process goes.

    A ``mode`` for others changes the umask for a moment, which all threads share: call it while
    there is one. Changing the mode afterwards would follow a link that somebody put there.
    """
    fsops = FsOps()
    with fsops.directory(path.parent) as dir_fd:
        fsops.unlink(path.name, dir_fd)
    sock = socket.socket(socket.AF_UNIX, kind)
    umask = os.umask(0o777 & ~mode) if mode & 0o077 else None
    try:
        with short_path(path) as name:
            os.fchmod(sock.fileno(), mode)
            sock.bind(name)
    except BaseException:
        sock.close()
        raise
    finally:
        if umask is not None:
            os.umask(umask)
    return sock


def connect(sock: socket.socket, path: Path) -> None:
    """Connect to the socket at ``path``; `OSError` when nobody listens there."""
    with short_path(path) as name:
        sock.connect(name)
