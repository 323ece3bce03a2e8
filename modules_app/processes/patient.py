"""A worker of web that slow clients cannot occupy: threads only see requests that have begun.

gunicorn gives a new connection to a thread at once, which then waits for the first line and all
headers. A few clients that send half a header hold every thread for as long as they like.
"""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

_END = b"\r\n\r\n"
_MOST = 32 * 1024
"""Headers of more bytes are not waited for."""
_SEALED = b"".join(
    name + b"\r\n"
    for name in (
        b"Cache-Control: no-store",
        b"Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
        b"frame-ancestors 'none'; sandbox",
        b"Cross-Origin-Opener-Policy: same-origin",
        b"Cross-Origin-Resource-Policy: same-origin",
        b"Permissions-Policy: camera=(), microphone=(), geolocation=()",
        b"Referrer-Policy: same-origin",
        b"X-Content-Type-Options: nosniff",
        b"X-Frame-Options: DENY",
    )
)
_NOBODY_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Waits for complete headers without a thread, and gives up those who do not finish them."""

    HEAD_SECONDS = 15.0
    BODY_SECONDS = 30

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun: deque[TConn] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request; a body may pause for BODY_SECONDS."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NOBODY_THERE:
                return
            raise
        self.nr_conns += 1
        pause = struct.pack("ll", self.BODY_SECONDS, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pause)
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.timeout = time.monotonic() + self.HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Look at the first bytes of a new connection."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self._look(conn)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Look at the next request of a connection that was kept open."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.timeout = time.monotonic() + self.HEAD_SECONDS
        self._look(conn)

    def murder_pending(self) -> None:
        """Look again at those that have begun; end those that took too long, or all at the stop."""
        super().murder_pending()
        waiting, self.begun = self.begun, deque()
        for conn in waiting:
            if conn.timeout > time.monotonic() and self.alive:
                self._look(conn)
            else:
                self._give_up(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what is no request at all with the headers that every answer has (W02)."""
        super().handle_error(req, _Sealing(client), addr, exc)

    def _look(self, conn: TConn) -> None:
        seen = _peek(conn.sock)
        if seen == b"" or _END in (seen or b""):
            conn.data_ready = True
            self.enqueue_req(conn)
        elif len(seen or b"") < _MOST:
            self.begun.append(conn)
        else:
            self._give_up(conn)

    def _give_up(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


class _Sealing:
    """A client to whom gunicorn's own answers go with our headers."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, answer: bytes) -> None:
        """Send the answer, the headers right after its first line."""
        status, line_end, rest = answer.partition(b"\r\n")
        self._client.sendall(status + line_end + _SEALED + rest)


def _peek(client: socket.socket) -> bytes | None:
    """Return what has arrived, None if nothing new has, b"" if the client is gone."""
    try:
        return client.recv(_MOST, socket.MSG_PEEK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
