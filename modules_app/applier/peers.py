"""Who is at the other end of a socket, as the kernel knows."""

from __future__ import annotations

import socket
import struct

_PEER = struct.Struct("3i")


def peer_of(sock: socket.socket) -> tuple[int, int]:
    """Return process id and user number of the other side."""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    process, user, _group = _PEER.unpack(raw)
    return process, user
