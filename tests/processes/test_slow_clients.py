"""Clients that send half a request must not keep others from the login."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.server.running import free_port

ROOT = Path(__file__).resolve().parents[2]
HALF = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nX-Slow: "


def serve(worker: str) -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "1"),
            *("--threads", "2", "--worker-class", worker, "--bind", f"127.0.0.1:{port}"),
            "tests.processes.impatient:application",
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _attempt in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        assert server.wait(30) == 0


@pytest.fixture
def patient() -> Iterator[int]:
    yield from serve("modules_app.processes.patient.PatientWorker")


@pytest.fixture
def impatient() -> Iterator[int]:
    yield from serve("tests.processes.impatient.ImpatientWorker")


def connect(port: int, data: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(data)
    return client


def answer(client: socket.socket, *, until: bytes = b"the end") -> bytes:
    """Return what comes until the connection ends, or until these bytes."""
    said = b""
    with suppress(ConnectionError):
        while until not in said and (more := client.recv(4096)):
            said += more
    return said


def test_half_sent_headers_occupy_nobody(patient: int) -> None:
    slow = [connect(patient, HALF) for _ in range(20)] + [connect(patient) for _ in range(20)]
    others = http.client.HTTPConnection("127.0.0.1", patient, timeout=10)
    for _request in range(3):  # over one kept connection
        others.request("GET", "/")
        assert others.getresponse().read() == b"ok"
    for client in slow:
        client.close()


def test_headers_may_come_in_pieces(patient: int) -> None:
    client = connect(patient, HALF)
    time.sleep(0.2)
    client.sendall(b"x\r\n\r\nabc")
    assert answer(client, until=b"okabc").endswith(b"okabc")


def test_who_does_not_finish_is_given_up(impatient: int) -> None:
    assert answer(connect(impatient, HALF)) == b""
    assert answer(connect(impatient)) == b""


def test_headers_without_an_end_are_given_up(patient: int) -> None:
    client = connect(patient, b"GET / HTTP/1.1\r\nX-Large: ")
    with suppress(ConnectionError):
        client.sendall(b"x" * 200_000)
    assert answer(client) == b""
