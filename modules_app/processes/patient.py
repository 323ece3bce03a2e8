"""A worker of web that slow clients cannot occupy: threads only see requests that have come.

gunicorn gives a new connection to a thread at once, which then waits for the first line and all
headers. A few clients that send half a header hold every thread for as long as they like. The same
goes for bodies: short ones are waited for here, long ones of strangers are refused by
modules_app/views/upload_gate.py before they are read.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from selectors import EVENT_READ
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import TConn, ThreadWorker

from modules_app.processes.succession import Orphaned, announce_master

_END = b"\r\n\r\n"
_MOST = 32 * 1024
"""Headers of more bytes are not waited for; a request with its body is, up to as many."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*(?:\r\n|$)", re.IGNORECASE)
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
_MOST_LEAVING = 500
_NOBODY_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class _Connection(TConn):  # type: ignore[misc]
    """A connection that the worker does not wait for when it ends.

    gunicorn waits up to two seconds, in the loop that serves everybody, for each client to close
    its side, so that the end of the answer is not lost (RFC 9112, 9.6). Here others do that.
    """

    leave: Callable[[socket.socket], None]

    def close(self, graceful: bool = False) -> None:
        """Close, or say that nothing more comes and leave the rest to the worker."""
        if graceful:
            self.leave(self.sock)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Waits for complete headers without a thread, and gives up those who do not finish them."""

    HEAD_SECONDS = 15.0
    BODY_SECONDS = 30
    DRAIN_SECONDS = 0.05
    LEAVE_SECONDS = 2.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun: deque[TConn] = deque()
        self.leaving: deque[tuple[float, socket.socket]] = deque()
        self.orphaned: Orphaned | None = None

    def run(self) -> None:
        """Serve until told to stop; those whose master died learn that they may leave."""
        announce_master(settings.PBX_DATA_DIR / "run", self.ppid)
        super().run()

    def is_parent_alive(self) -> bool:
        """Tell whether to go on: with our master, and without it until there is another one."""
        if self.ppid == os.getppid():
            return True
        if self.orphaned is None:
            self.orphaned = Orphaned(settings.PBX_DATA_DIR / "run", self.ppid)
        return self.orphaned.is_needed()

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
        conn = _Connection(self.cfg, client, address, listener.getsockname())
        conn.leave = self._leave
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
        self._close_left()
        waiting, self.begun = self.begun, deque()
        for conn in waiting:
            if conn.timeout > time.monotonic() and self.alive:
                self._look(conn)
            else:
                self._give_up(conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Close a connection whose body nobody wanted, instead of waiting for the rest of it."""
        deadline = time.monotonic() + self.DRAIN_SECONDS
        return bool(keepalive and conn.parser.finish_body(deadline=deadline))

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what is no request at all with the headers that every answer has (W02)."""
        super().handle_error(req, _Sealing(client), addr, exc)

    def _look(self, conn: TConn) -> None:
        seen = _peek(conn.sock)
        if seen == b"" or _is_whole(seen or b""):
            conn.data_ready = True
            self.enqueue_req(conn)
        elif len(seen or b"") < _MOST:
            self.begun.append(conn)
        else:
            self._give_up(conn)

    def _leave(self, client: socket.socket) -> None:
        """End our side of a connection; the client has LEAVE_SECONDS to end its own."""
        try:
            client.setblocking(False)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            client.close()
            return
        self.leaving.append((time.monotonic() + self.LEAVE_SECONDS, client))
        while len(self.leaving) > _MOST_LEAVING:
            self.leaving.popleft()[1].close()

    def _close_left(self) -> None:
        """Close those who ended their side or took too long; read away what they still sent."""
        waiting, self.leaving = self.leaving, deque()
        for until, client in waiting:
            if until > time.monotonic() and self.alive and _still_there(client):
                self.leaving.append((until, client))
            else:
                client.close()

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


def _still_there(client: socket.socket) -> bool:
    """Read away what came, at most as much as one request may be; False at the client's end."""
    try:
        return bool(client.recv(_MOST))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _is_whole(seen: bytes) -> bool:
    """Tell whether a thread can read the request without waiting: headers, and a short body."""
    head, end, body = seen.partition(_END)
    if not end:
        return False
    length = _LENGTH.search(head)
    said = int(length[1]) if length else 0
    return len(body) >= said or len(head) + len(end) + said > _MOST


def _peek(client: socket.socket) -> bytes | None:
    """Return what has arrived, None if nothing new has, b"" if the client is gone."""
    try:
        return client.recv(_MOST, socket.MSG_PEEK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
