"""One exchange with the host: slot, connection, request body up, answer down."""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

from modules_app.permissions import Actor
from modules_app.proxy.answer import BLOCK, BadAnswer, pass_on
from modules_app.proxy.connection import HostConnection, HostUnavailable, connect
from modules_app.proxy.limits import Deadline, ProxyLimits
from modules_app.proxy.outgoing import headers_for_host
from modules_app.proxy.slots import Slots

logger = logging.getLogger("pbxadmin.proxy")


class Problem(Exception):
    """The exchange failed; ``status`` is what the browser gets: 408, 502, 503 or 504."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def exchange(
    request: HttpRequest,
    *,
    module_id: str,
    actor: Actor,
    covered: bool,
    current_sequence: Callable[[], int],
    limits: ProxyLimits,
    length: int,
    channel: str = "",
    path: str = "",
) -> HttpResponseBase:
    """Send the request to the host and return the module's answer; raises `Problem`.

    ``length`` is the size of the request's body, ``covered`` as `Access` has it, ``channel`` as the
    statement has it. ``path`` stands in the place of the request's own address. Every resource is
    free again when the answer is closed, or when this raises.
    """
    run_dir = Path(settings.PBX_DATA_DIR) / "run"
    threads = settings.PBX_WEB_WORKERS * settings.PBX_WEB_THREADS
    slots = Slots(run_dir, total=max(1, threads // 4), per_module=limits.per_module)
    slot = slots.take(module_id)
    if slot is None:
        raise Problem(503, "too many requests wait for modules")
    deadline = Deadline(limits.seconds)
    client = _Client(request, deadline)
    closers: list[Callable[[], None]] = [slot.release, client.restore]

    def finish() -> None:
        while closers:
            closers.pop()()

    try:
        with _as_problems(module_id):
            sequence = current_sequence()
            connection = connect(run_dir, current_sequence, deadline, limits.switch_seconds)
            closers.append(connection.close)
            headers = headers_for_host(
                request,
                module_id=module_id,
                sequence=sequence,
                actor=actor,
                covered=covered,
                key=settings.PBX_STATEMENT_KEY,
                length=length,
                channel=channel,
            )
            target = path or request.get_full_path()
            answer = _ask(connection, request, target, headers, client, length)
            client.hurry()
            return pass_on(request, answer, module_id=module_id, limits=limits, finish=finish)
    except BaseException:
        finish()
        raise


@contextmanager
def _as_problems(module_id: str) -> Iterator[None]:
    """Turn what may go wrong on the way into `Problem`."""
    try:
        yield
    except HostUnavailable as error:
        raise Problem(503, "the host does not run") from error
    except _ClientGone as error:
        raise Problem(408, "the browser did not send the whole request") from error
    except TimeoutError as error:
        logger.error("module %s did not answer in time", module_id)
        raise Problem(504, "no answer in time") from error
    except (BadAnswer, http.client.HTTPException, OSError) as error:
        logger.error("module %s gave no proper answer: %r", module_id, error)
        raise Problem(502, "no proper answer") from error


def _ask(
    connection: HostConnection,
    request: HttpRequest,
    target: str,
    headers: list[tuple[str, str]],
    client: _Client,
    length: int,
) -> http.client.HTTPResponse:
    """Send line, headers and body, block by block, and return the head of the answer."""
    connection.putrequest(
        str(request.method),
        target,
        skip_host=True,
        skip_accept_encoding=True,
    )
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    try:
        for block in client.body(length):
            connection.send(block)
    except (BrokenPipeError, ConnectionResetError):
        logger.info("the host answered before it had read the whole request")
    return connection.getresponse()


class _ClientGone(Exception):
    """The browser stopped sending, or sends too slowly."""


class _Client:
    """The browser's side; where the server lets us, its socket gets our deadline, too."""

    def __init__(self, request: HttpRequest, deadline: Deadline) -> None:
        self._request = request
        self._deadline = deadline
        self._socket: socket.socket | None = request.META.get("gunicorn.socket")
        self._timeout = self._socket.gettimeout() if self._socket is not None else None

    def body(self, length: int) -> Iterator[bytes]:
        """Yield the request's body; raises `_ClientGone`."""
        left = length
        while left > 0:
            self.hurry()
            try:
                block = self._request.read(min(BLOCK, left))
            except (UnreadablePostError, OSError) as error:
                raise _ClientGone from error
            if not block:
                raise _ClientGone
            left -= len(block)
            yield block

    def hurry(self) -> None:
        """Let nothing that the browser does take longer than the deadline."""
        if self._socket is not None:
            self._socket.settimeout(self._deadline.left())

    def restore(self) -> None:
        """Give the socket back as it was."""
        if self._socket is not None and self._socket.fileno() >= 0:
            self._socket.settimeout(self._timeout)
