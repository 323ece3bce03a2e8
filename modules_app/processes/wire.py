"""Messages between owner, minder and child: a length and one JSON document."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_HEAD = struct.Struct("!I")
LARGEST = 64 * 1024 * 1024


def send(sock: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; `OSError` when the other side is gone."""
    body = json.dumps(message).encode()
    sock.sendall(_HEAD.pack(len(body)) + body)


def receive(sock: socket.socket, *, largest: int = LARGEST) -> dict[str, Any] | None:
    """Return the next message, None when the other side is gone.

    Raises ``ValueError`` for one of more than ``largest`` bytes, which is not read.
    """
    head = _exactly(sock, _HEAD.size)
    if head is None:
        return None
    (length,) = _HEAD.unpack(head)
    if length > largest:
        raise ValueError("a message is larger than any that we send")
    body = _exactly(sock, length)
    return None if body is None else json.loads(body)


def _exactly(sock: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        try:
            part = sock.recv(min(length - len(parts), 1024 * 1024))
        except ConnectionResetError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
