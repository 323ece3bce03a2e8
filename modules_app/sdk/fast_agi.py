"""A FastAGI server as a worker: the dialplan asks a module over the network (reference M13.3)."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import ClassVar

from django.db import connections

from modules_app.sdk.agi import Agi, AgiError, AgiHangup
from modules_app.sdk.context import running
from modules_app.sdk.workers import Worker

_ACCEPT_SECONDS = 0.5


class FastAgiWorker(Worker):
    """Answers ``AGI(agi://127.0.0.1:<port>/…)``: each call is given to `handle` in a thread.

    ``port`` must be free and belongs to the module; ``host`` is this machine alone unless you say
    otherwise, for everybody who can connect can talk to it. ``calls`` are served at once, others
    wait. ``silence_seconds`` is how long Asterisk may say nothing before a call is given up.
    Use the check ``check_worker_heartbeat``.
    """

    host: ClassVar[str] = "127.0.0.1"
    port: ClassVar[int] = 0
    calls: ClassVar[int] = 20
    silence_seconds: ClassVar[float] = 600.0

    def prepare(self) -> None:
        """Run once before the first call: open connections, read settings."""

    def handle(self, agi: Agi, path: str) -> None:
        """Serve one call; ``path`` is what stands behind the port: ``hello`` of ``…/hello``.

        When it returns or raises, the dialplan goes on. What it raises is written to the log.
        """
        raise NotImplementedError(f"{type(self).__name__} has no handle()")

    def finish(self) -> None:
        """Run once after the last call, when the worker was asked to end."""

    def run(self) -> None:
        """Serve calls until the worker is asked to end; those under way may finish."""
        if not 0 < self.port < 65536:  # noqa: PLR2004
            raise ValueError(f"{type(self).__name__} names no port")
        listening = socket.create_server(
            (self.host, self.port), backlog=self.calls, reuse_port=False
        )
        with closing(listening), ThreadPoolExecutor(self.calls, "agi") as pool:
            listening.settimeout(_ACCEPT_SECONDS)
            self.prepare()
            self._under_way: set[socket.socket] = set()
            self._lock = threading.Lock()
            while not self.stopping:
                self.beat()
                with suppress(TimeoutError):
                    connection, _address = listening.accept()
                    pool.submit(self._serve, connection)
            self._end_calls()
        self.finish()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._under_way.add(connection)
        try:
            connection.settimeout(self.silence_seconds)
            with closing(connection), running(self._facts):
                self._talk(connection)
        finally:
            with self._lock:
                self._under_way.discard(connection)
            connections.close_all()

    def _talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rw", encoding="utf-8", errors="replace", newline="\n")
        with suppress(OSError), stream:
            try:
                agi = Agi(stream, stream)
                self.handle(agi, agi.request.get("agi_network_script", ""))
            except AgiHangup:
                self.log.info("the call ended")
            except AgiError as error:
                self.log.warning("%s", error)
            except Exception:  # foreign code: one bad call must not stop the others
                self.log.exception("a call failed")

    def _end_calls(self) -> None:
        """Let nobody wait for a caller who says nothing."""
        with self._lock:
            for connection in self._under_way:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
