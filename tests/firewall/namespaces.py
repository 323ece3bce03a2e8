"""Two machines in network namespaces, joined by a cable: one is filtered, the other one asks."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PBX4, PBX6 = "10.77.0.1", "fd77::1"
LAN4, LAN6 = "10.77.0.2", "fd77::2"
FAR4, FAR6 = "10.99.0.2", "fd99::2"

_NUMBERS = itertools.count()

PEER = r"""
import json, socket, sys, threading
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
kept = []

def make(command):
    family = FAMILIES[6 if ":" in command.get("address", command.get("source", "")) else 4]
    return socket.socket(family, KINDS[command["protocol"]])

def listen(command):
    sock = make(command)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((command["address"], command["port"]))
    serve = stream if command["protocol"] == "tcp" else datagrams
    if command["protocol"] == "tcp":
        sock.listen(50)
    threading.Thread(target=serve, args=(sock,), daemon=True).start()
    return True

def stream(sock):
    while True:
        peer, _ = sock.accept()
        threading.Thread(target=echo, args=(peer,), daemon=True).start()

def echo(peer):
    while data := peer.recv(100):
        peer.sendall(data)

def datagrams(sock):
    while True:
        data, who = sock.recvfrom(100)
        sock.sendto(data, who)

def reach(command):
    sock = make(command)
    sock.settimeout(command["seconds"])
    try:
        sock.bind((command["source"], 0))
        sock.connect((command["address"], command["port"]))
        sock.send(b"hello")
        answered = sock.recv(100) == b"hello"
    except OSError:
        return False
    if command.get("keep"):
        kept.append(sock)
    return answered

def talk(command):
    sock = kept[-1]
    sock.settimeout(command["seconds"])
    try:
        sock.send(b"again")
        return sock.recv(100) == b"again"
    except OSError:
        return False

def ping(command):
    six = ":" in command["source"]
    name = "ipv6-icmp" if six else "icmp"
    sock = socket.socket(FAMILIES[6 if six else 4], socket.SOCK_RAW, socket.getprotobyname(name))
    sock.settimeout(command["seconds"])
    sock.bind((command["source"], 0))
    # Type 8 (128), identifier and sequence 0; the kernel fills in the checksum of IPv6 itself.
    sock.sendto(bytes([128, 0, 0, 0, 0, 0, 0, 0]) if six else bytes([8, 0, 247, 255] + [0] * 4),
                (command["address"], 0))
    try:
        while True:
            data = sock.recv(200)
            if data[0 if six else 20] == (129 if six else 0):
                return True
    except OSError:
        return False

DO = {"listen": listen, "reach": reach, "talk": talk, "ping": ping}
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(DO[command["do"]](command)), flush=True)
"""


@dataclass(slots=True)
class Machine:
    """A namespace with a process in it that listens and connects."""

    name: str
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", PEER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, **command: Any) -> bool:
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps({"do": do, **command}), file=self.process.stdin, flush=True)
        answer: bool = json.loads(self.process.stdout.readline())
        return answer

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(slots=True)
class Cable:
    """``pbx`` is filtered, ``client`` has addresses of two networks and both families."""

    pbx: Machine
    client: Machine
    _open: set[tuple[str, str, int]] = field(default_factory=set)

    def gets_through(
        self, port: int, *, source: str = LAN4, protocol: str = "tcp", keep: bool = False
    ) -> bool:
        """Tell whether an answer comes back; what should come does so within seconds."""
        return self._reach(port, source, protocol, seconds=20.0, keep=keep)

    def is_dropped(self, port: int, *, source: str = LAN4, protocol: str = "tcp") -> bool:
        """Tell whether nothing comes back for a while; a dropped packet never brings anything."""
        return not self._reach(port, source, protocol, seconds=0.4)

    def answers_pings(self, source: str, *, seconds: float) -> bool:
        """Tell whether an echo request is answered within the seconds."""
        address = PBX6 if ":" in source else PBX4
        return self.client.ask("ping", source=source, address=address, seconds=seconds)

    def still_talks(self) -> bool:
        """Tell whether the connection kept last still carries data."""
        return self.client.ask("talk", seconds=20.0)

    def _reach(
        self, port: int, source: str, protocol: str, *, seconds: float, keep: bool = False
    ) -> bool:
        address = PBX6 if ":" in source else PBX4
        if (address, protocol, port) not in self._open:
            self.pbx.ask("listen", address=address, protocol=protocol, port=port)
            self._open.add((address, protocol, port))
        return self.client.ask(
            "reach",
            address=address,
            port=port,
            source=source,
            protocol=protocol,
            seconds=seconds,
            keep=keep,
        )


@contextmanager
def cable() -> Iterator[Cable]:
    """Yield two joined machines; needs root."""
    number = next(_NUMBERS)
    pbx, client = (f"pbxt{os.getpid()}-{number}-{end}" for end in ("p", "c"))
    near, far = f"p{os.getpid()}v{number}"[:15], f"c{os.getpid()}v{number}"[:15]
    commands = [
        f"netns add {pbx}",
        f"netns add {client}",
        f"link add {near} netns {pbx} type veth peer name {far} netns {client}",
        *_settle(pbx, near, (f"{PBX4}/24", "10.99.0.1/24"), (f"{PBX6}/64", "fd99::1/64")),
        *_settle(client, far, (f"{LAN4}/24", f"{FAR4}/24"), (f"{LAN6}/64", f"{FAR6}/64")),
    ]
    machines: list[Machine] = []
    try:
        for command in commands:
            subprocess.run(["ip", *command.split()], check=True, capture_output=True)
        machines = [Machine(pbx), Machine(client)]
        yield Cable(*machines)
    finally:
        for machine in machines:
            machine.end()
        for name in (pbx, client):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _settle(name: str, link: str, fours: tuple[str, ...], sixes: tuple[str, ...]) -> Iterator[str]:
    yield f"-n {name} link set lo up"
    for address in fours:
        yield f"-n {name} addr add {address} dev {link}"
    for address in sixes:
        yield f"-n {name} addr add {address} dev {link} nodad"
    yield f"-n {name} link set {link} up"
