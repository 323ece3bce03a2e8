"""A stand-in for the host: a real server on a unix socket that tests tell how to answer."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from django.utils import timezone

from modules_app.models import Module

MODULE = "ModuleBlackList"


class Exchange(BaseHTTPRequestHandler):
    """One request; ``self.server.behave`` writes the answer."""

    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""

    def answer(self, status: int = 200, body: bytes = b"fine", **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def respond(self) -> None:
        self.server.stub.seen.append(self)  # type: ignore[attr-defined]
        self.server.stub.behave(self)  # type: ignore[attr-defined]
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = respond


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away is no error here."""


@dataclass
class StubHost:
    """``behave`` answers every request, ``seen`` holds them."""

    run_dir: Path
    behave: Callable[[Exchange], None] = lambda exchange: exchange.answer()
    seen: list[Exchange] = field(default_factory=list)
    servers: list[_Server] = field(default_factory=list)

    def listen(self, sequence: int) -> None:
        server = _Server(str(self.run_dir / f"host-{sequence}.sock"), Exchange)
        server.stub = self  # type: ignore[attr-defined]
        self.servers.append(server)
        # Closing waits for the end of a poll, and every test closes a stub.
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()


def make_module(module_id: str = MODULE, **changes: object) -> Module:
    now = timezone.now()
    values: dict[str, object] = {
        "id_fold": module_id.casefold(),
        "contract": "mikopbx",
        "language": "python",
        "version": "1.0.0",
        "titles": {"en": "Black list", "ru": "Чёрный список"},
        "generation": "1-0123abcd",
        "epoch": "1",
        "digest": "d" * 64,
        "package_sha256": "a" * 64,
        "wanted": "on",
        "phase": "ready",
        "fault": "none",
        "installed_at": now,
        "changed_at": now,
    }
    return Module.objects.create(id=module_id, **{**values, **changes})
