"""A server that speaks AMI over a real socket and misbehaves as told."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

Fields = dict[str, str]


@dataclass
class FakeAsterisk:
    """``outputs`` maps the beginning of a console command to what it prints, or calls.

    ``items`` maps an action to the events that answer it. ``mode`` is "well", "hang" (says
    nothing), "garbage" (another protocol), "refuse" (no login) or "hang-up" (ends at the first
    command).
    """

    mode: str = "well"
    outputs: dict[str, str | Callable[[], str]] = field(default_factory=dict)
    items: dict[str, list[Fields]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    calls: int = 0
    started: str = "10:00:00"
    port: int = 0

    def __enter__(self) -> FakeAsterisk:
        self._peers: list[socket.socket] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._peers.append(self.connection)
                outer._serve(self)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()
        self._server.shutdown()
        self._server.server_close()

    def hang_up(self) -> None:
        """End every connection, as a crash of Asterisk does."""
        for peer in self._peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def tell(self, name: str, **fields: str) -> None:
        """Send an event to everybody."""
        for peer in self._peers:
            _send(peer, {"Event": name, **fields})

    def told(self, start: str) -> list[str]:
        """Return the console commands that begin with ``start``."""
        return [one for one in self.commands if one.startswith(start)]

    def _serve(self, peer: socketserver.StreamRequestHandler) -> None:
        if self.mode == "garbage":
            peer.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\x00\xff\xfe\r\n\r\n" * 3)
        if self.mode in ("hang", "garbage"):
            time.sleep(30)
            return
        peer.wfile.write(b"Asterisk Call Manager/11.0.0\r\n")
        for fields in _messages(peer):
            if self._answer(peer.connection, fields) is False:
                return

    def _answer(self, peer: socket.socket, fields: Fields) -> bool:
        action, number = fields.get("Action", ""), {"ActionID": fields.get("ActionID", "")}
        if action == "Login":
            if self.mode == "refuse":
                _send(peer, {"Response": "Error", **number, "Message": "Authentication failed"})
                return False
            _send(peer, {"Response": "Success", **number, "Message": "Authentication accepted"})
            _send(peer, {"Event": "FullyBooted", "Status": "Fully Booted"})
        elif action == "Command":
            if self.mode == "hang-up":
                peer.shutdown(socket.SHUT_RDWR)
                return False
            self._answer_command(peer, fields["Command"], number)
        elif action == "CoreStatus":
            started = {"CoreStartupDate": "2026-11-21", "CoreStartupTime": self.started}
            _send(peer, {"Response": "Success", **number, **started})
        elif action == "CoreSettings":
            _send(peer, {"Response": "Success", **number, "AsteriskVersion": "22.0.0"})
        else:
            self._answer_list(peer, action, number)
        return True

    def _answer_command(self, peer: socket.socket, command: str, number: Fields) -> None:
        self.commands.append(command)
        found = next((self.outputs[one] for one in self.outputs if command.startswith(one)), "")
        text = found() if callable(found) else found
        if command == "core show channels count":
            text = text or f"{self.calls * 2} active channels\n{self.calls} active calls"
        lines = "".join(f"Output: {line}\r\n" for line in text.splitlines())
        head = f"Response: Success\r\nActionID: {number['ActionID']}\r\n"
        peer.sendall(f"{head}Message: Command output follows\r\n{lines}\r\n".encode())

    def _answer_list(self, peer: socket.socket, action: str, number: Fields) -> None:
        _send(peer, {"Response": "Success", **number, "EventList": "start", "Message": "follows"})
        for item in self.items.get(action, ()):
            _send(peer, {"Event": f"{action}Item", **item, **number})
        _send(peer, {"Event": f"{action}Complete", **number, "EventList": "Complete"})


def _messages(peer: socketserver.StreamRequestHandler) -> Iterator[Fields]:
    fields: Fields = {}
    try:
        for raw in peer.rfile:
            line = raw.decode().rstrip("\r\n")
            if line:
                name, _sign, value = line.partition(": ")
                fields[name] = value
            else:
                yield fields
                fields = {}
    except OSError:
        return


def _send(peer: socket.socket, fields: Fields) -> None:
    text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    try:
        peer.sendall(f"{text}\r\n".encode())
    except OSError:
        return


@contextmanager
def nobody() -> Iterator[int]:
    """Yield a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
