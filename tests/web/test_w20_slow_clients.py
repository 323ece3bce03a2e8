"""W20: slow strangers on a real server: the login answers meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.server.running import Browser
from tests.web.site import Site

pytestmark = [pytest.mark.server, pytest.mark.alone]
MANY = 40
SOON = 12
"""More than one try of a loaded machine needs, less than a slow body may pause."""

HEAD = "POST /login/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
FORM = "Cookie: csrftoken={token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "an answer that nobody takes leave of": "GET /login/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Connection: close\r\n\r\n",
    "headers that do not end": HEAD + "X-Slow: ",
    "a short body that does not come": HEAD + FORM + "Content-Length: 200\r\n\r\nuser",
    "a long body that does not come": HEAD + FORM + "Content-Length: 900000\r\n\r\nuser",
    "parts that do not come": HEAD
    + "Cookie: csrftoken={token}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    + "Content-Length: 900000\r\n\r\n--x\r\nContent-Disposition: form-data; name=",
}


@pytest.fixture
def lines() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("kind", SLOW)
def test_w20_slow_strangers_keep_nobody_out(site: Site, lines: ExitStack, kind: str) -> None:
    head = SLOW[kind].format(port=site.port, token="a" * 32).encode()
    for _number in range(MANY):
        line = lines.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=30))
        line.sendall(head)
    for _try in range(3):
        assert Browser(site.port).get("/login/", timeout=SOON).status == 200
        assert site.client.get("/modules/", timeout=SOON).status == 200
