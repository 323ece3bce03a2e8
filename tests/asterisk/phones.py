"""Phones and a provider for tests, played by sipp."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from pathlib import Path

from tests.asterisk.lab.instance import Instance, bound
from tests.asterisk.sipp import SipMessage, Sipp

EXPIRES_SECONDS = 3600


class _Party:
    """Somebody with a UDP port of his own who talks to one Asterisk."""

    def __init__(
        self,
        instance: Instance,
        number: str,
        secret: str,
        name: str,
        *,
        address: str,
        guard: socket.socket,
    ) -> None:
        self.instance = instance
        self.number = number
        self.secret = secret
        self.name = name
        self.address = address
        self._guard = guard
        self._guards: list[tuple[socket.socket, Sipp]] = []
        self.port: int = self._guard.getsockname()[1]
        self._server, self._wire = instance.sip_port, "u1"
        self._folder = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=instance.folder))
        self._started: list[Sipp] = []
        self._listener: Sipp | None = None

    def start_call(self, called: str, *, talk_seconds: float = 60) -> Sipp:
        """Call a number and return at once; ``hang_up`` of what comes back ends it."""
        for guard, call in self._guards:
            if not call.is_running():
                guard.close()
        guard = _claim(self.instance)
        port = guard.getsockname()[1]
        call = self._sipp("call", port=port, called=called, talk=_milliseconds(talk_seconds))
        self._guards.append((guard, call))
        return call

    def call(self, called: str, *, talk_seconds: float = 0.5) -> int:
        """Call a number, talk, hang up; return the last status of the INVITE (200: answered)."""
        made = self.start_call(called, talk_seconds=talk_seconds)
        made.wait()
        return made.status("INVITE") or 0

    def write(self, called: str, text: str) -> int:
        """Send a text outside of any call; return the last status (202: Asterisk took it)."""
        guard = _claim(self.instance)
        with guard:
            made = self._sipp("message", port=guard.getsockname()[1], called=called, text=text)
            made.wait()
        return made.status("MESSAGE") or 0

    def answer(self, *, ring_seconds: float = 0.2) -> None:
        """From now on ring and answer every call until its caller ends it."""
        self._listen("answer", ring=_milliseconds(ring_seconds))

    def ring(self) -> None:
        """From now on ring and never answer."""
        self._listen("answer", ring=_milliseconds(3600))

    def reject(self, status: str = "486 Busy Here") -> None:
        """From now on reject every call."""
        self._listen("reject", status=status)

    def unplug(self) -> None:
        """Answer no more, as a phone without power; calls that stand are not ended."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    @property
    def calls(self) -> list[SipMessage]:
        """The INVITEs that came to this party since it began to answer, ring or reject."""
        return [] if self._listener is None else self._listener.received("INVITE")

    def wait_for(self, method: str) -> SipMessage:
        """Wait until a request of this method comes in (INVITE: a call) and return it."""
        if self._listener is None:
            raise AssertionError("nobody listens: answer(), ring() or reject() comes first")
        return self._listener.wait_for_request(method)

    def wait_for_sent(self, method: str, status: int) -> None:
        """Wait until this party has answered a request of this method so (REGISTER, 200)."""
        if self._listener is None:
            raise AssertionError("nobody listens: answer(), ring() or reject() comes first")
        self._listener.wait_for_sent(method, status)

    def close(self) -> None:
        """End everything that this party began."""
        for started in self._started:
            started.stop()
        for guard in (self._guard, *(guard for guard, _ in self._guards)):
            guard.close()

    def _listen(self, scenario: str, **values: object) -> None:
        self.unplug()
        self._listener = self._sipp(scenario, port=self.port, calls=None, **values)
        self._listener.wait_until_listening()

    def _sipp(self, name: str, *, port: int, calls: int | None = 1, **values: object) -> Sipp:
        filled = {
            "number": self.number,
            "secret": self.secret,
            "name": self.name,
            "domain": self.address,
            **values,
        }
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder))
        started = Sipp(
            name,
            filled,
            folder=folder,
            server=self._server,
            address=self.address,
            port=port,
            calls=calls,
            wire=self._wire,
        )
        self._started.append(started)
        return started


class Phone(_Party):
    """A SIP phone: ``register``, then ``answer``; ``call`` needs no registration."""

    def __init__(self, instance: Instance, number: str, secret: str, name: str = "") -> None:
        shown = name or f"Phone {number}"
        guard = _claim(instance)
        super().__init__(instance, number, secret, shown, address="127.0.0.1", guard=guard)

    def register(self, *, expires_seconds: int = EXPIRES_SECONDS) -> int:
        """Register at the address where ``answer`` listens; return the last status (200: done)."""
        self.unplug()
        made = self._sipp("register", port=self.port, expires=expires_seconds)
        made.wait()
        return made.status("REGISTER") or 0

    def unregister(self) -> int:
        """Take the registration back."""
        return self.register(expires_seconds=0)


class TlsPhone(Phone):
    """A phone that registers and calls over TLS and encrypts voice; it takes no calls.

    Debian's sipp knows no TLS: it speaks TCP to a `Tunnel`, which speaks TLS to Asterisk.
    """

    def __init__(self, instance: Instance, number: str, secret: str, tunnel: Tunnel) -> None:
        super().__init__(instance, number, secret)
        self._server, self._wire = tunnel.port, "t1"
        self.heard: list[str] = []

    def call(self, called: str, *, talk_seconds: float = 0.3, encrypted: bool = True) -> int:
        """Call a number; return the last status of the INVITE."""
        offer = {"profile": "RTP/SAVP", "crypto": CRYPTO} if encrypted else {}
        made = self._sipp(
            "call", port=self.port, called=called, talk=_milliseconds(talk_seconds), **offer
        )
        made.wait()
        self.heard = [m.text for m in made.messages() if not m.is_sent]
        return made.status("INVITE") or 0

    def _sipp(self, name: str, *, port: int, calls: int | None = 1, **values: object) -> Sipp:
        """Start sipp on a port of its own: a TCP port is not free at once after its connection."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return super()._sipp(name, port=port, calls=calls, **values)


CRYPTO = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{'A' * 40}\n"


class Tunnel:
    """Listens for TCP on the loopback and carries each connection on to a port over TLS."""

    def __init__(self, target: int, certificate: Path) -> None:
        self._target = target
        self._context = ssl.create_default_context(cafile=certificate)
        self._context.check_hostname = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = self._context.wrap_socket(socket.create_connection(("127.0.0.1", self._target)))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Copy what comes until either side ends; then end the other."""
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        target.close()


class Provider(_Party):
    """A provider, at an address that is not that of the phones, and the port ``ports.provider``.

    ``answer`` makes it take outgoing calls (``calls`` says with which numbers, ``calls[-1].called``
    and ``.caller``) and registrations of the account ``caller`` with ``secret``; ``call`` makes an
    incoming call from ``caller``, who gives ``secret`` when Asterisk asks for a password.
    """

    def __init__(
        self,
        instance: Instance,
        caller: str,
        *,
        secret: str = "",
        address: str = "127.0.0.2",
    ) -> None:
        guard = bound(instance.ports.provider, socket.SOCK_STREAM, address)
        if guard is None:
            raise AssertionError(f"there is a provider at {address} already; give it another one")
        super().__init__(instance, caller, secret, caller, address=address, guard=guard)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _claim(instance: Instance) -> socket.socket:
    """Hold the TCP port of a number whose UDP port sipp will use, so that no other party does."""
    for port in instance.ports.phones:
        guard = bound(port, socket.SOCK_STREAM)
        if guard is not None:
            return guard
    raise AssertionError("all ports for phones are taken; close those that are done")
