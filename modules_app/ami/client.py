"""The synchronous face of the manager interface: views, services and workers use this."""

from __future__ import annotations

import asyncio
import errno
import os
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from modules_app.ami import errors
from modules_app.ami.connection import Connection
from modules_app.ami.values import AmiAccount, AmiEvent, AmiResponse, Value, checked
from modules_app.exceptions import ModuleError

Result = TypeVar("Result")

TIMEOUT_SECONDS = 5.0
PING_SECONDS = 15.0
WAITING_EVENTS = 50_000


class AmiClient:
    """A logged-in connection, as a context manager; every call waits for its answer.

    ``timeout`` in seconds holds for connecting and for each answer. ``event_mask`` says which
    events Asterisk sends from the login on: "off", "on", or classes such as "call,system".

    A thread of its own reads all the time, because Asterisk cuts off who does not; so the client
    works in threads with and without an event loop, and several threads may share it.

    Entering raises ModuleError ``asterisk-unreachable`` and Refused ``asterisk-login-refused``.
    """

    def __init__(
        self,
        account: AmiAccount,
        timeout: float = TIMEOUT_SECONDS,
        *,
        event_mask: str = "off",
    ) -> None:
        self._account = account
        self._timeout = timeout
        self._event_mask = event_mask
        self._events: queue.Queue[AmiEvent | None] = queue.Queue(WAITING_EVENTS)
        self._loss: Callable[[], ModuleError] = errors.lost
        self._connection: Connection | None = None
        self._is_closed = True

    def __enter__(self) -> Self:
        self._is_closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="ami", daemon=True)
        self._thread.start()
        try:
            self._connection = self._connect()
            self._login(self._connection)
        except BaseException:
            # Whatever it is, the thread that reads must not outlive it.
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection and whoever waits in ``events``; may be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._connection is not None:
            self._loop.call_soon_threadsafe(self._connection.connection_lost, None)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def action(self, name: str, **fields: Value) -> AmiResponse:
        """Send an action and return the answer, whether it is a success or not.

        A list as value sends the field once for each item (``Variable=["a=1", "b=2"]``). Raises
        Refused ``asterisk-hostile-value``, ModuleError ``asterisk-timeout``, ``asterisk-lost``.
        """
        named = {"Action": name, **fields}
        sent = {field: checked(field, value) for field, value in named.items()}
        if self._connection is None or self._is_closed:
            raise self._loss()
        try:
            return self._run(self._connection.ask(sent, self._timeout))
        except TimeoutError:
            raise errors.timeout(name, self._timeout) from None
        except ConnectionResetError:
            raise self._loss() from None

    def command(self, command: str) -> str:
        """Run a command of Asterisk's command line and return what it prints.

        Raises Refused ``asterisk-command-refused``, besides what ``action`` raises.
        """
        answer = self.action("Command", Command=command)
        output = answer.fields.get("Output", "")
        if not answer.success:
            raise errors.command_refused(command, output.strip() or answer.message)
        return output

    def events(
        self,
        wanted: Callable[[AmiEvent], bool] | None = None,
        *,
        wait_seconds: float | None = None,
    ) -> Iterator[AmiEvent]:
        """Give the events since the login, one after the other, as they come.

        Goes on until the client is closed, or until nothing has come for ``wait_seconds``.
        Asterisk is asked now and then whether it still lives. Raises ModuleError
        ``asterisk-lost`` (also when events come faster than they are taken) and
        ``asterisk-timeout``.
        """
        while (event := self._next_event(wait_seconds)) is not None:
            if wanted is None or wanted(event):
                yield event

    def _next_event(self, wait_seconds: float | None) -> AmiEvent | None:
        """Return the next event, None when there is none to come."""
        seconds = PING_SECONDS if wait_seconds is None else wait_seconds
        while True:
            try:
                event = self._events.get(timeout=seconds)
                if event is not None:
                    return event
            except queue.Empty:
                if not self._is_lost():
                    if wait_seconds is not None:
                        return None
                    self.action("Ping")
                    continue
            if self._is_closed:
                return None
            raise self._loss()

    def _is_lost(self) -> bool:
        return self._connection is None or self._connection.is_lost

    def _connect(self) -> Connection:
        account = self._account
        opening = self._loop.create_connection(
            lambda: Connection(self._take_event, self._take_loss), account.host, account.port
        )
        try:
            return self._run(asyncio.wait_for(opening, self._timeout))[1]
        except OSError as error:
            raise errors.unreachable(account.host, account.port, _reason(error)) from None

    def _login(self, connection: Connection) -> None:
        account = self._account
        names = {"Username": account.username, "Secret": account.secret}
        sent = {name: checked(name, value) for name, value in names.items()}
        sent |= {"Action": "Login", "Events": checked("Events", self._event_mask)}
        try:
            answer = self._run(connection.ask(sent, self._timeout))
        except (TimeoutError, ConnectionResetError):
            if connection.version is None:
                raise errors.not_asterisk(account.host, account.port) from None
            raise errors.timeout("Login", self._timeout) from None
        if not answer.success:
            raise errors.login_refused(account.username, answer.message)

    def _serve(self) -> None:
        """Run until `close`, then let what was begun end; a thread may have but one loop."""
        self._loop.run_forever()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do the work in the thread of the connection and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _take_event(self, event: AmiEvent) -> None:
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._loss = errors.flooded
            if self._connection is not None:
                self._connection.connection_lost(None)

    def _take_loss(self) -> None:
        if not self._events.full():
            self._events.put_nowait(None)


def _reason(error: OSError) -> str:
    """Return why a connection failed, in the words of the system where it has some."""
    if isinstance(error, TimeoutError):
        return os.strerror(errno.ETIMEDOUT)
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)
