"""F03 to F05, F18: processes of a running server die in the middle of an operation or an upload."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.torture import living_server
from tests.torture.living_server import Living
from tests.torture.sites import state_of

pytestmark = [pytest.mark.server, pytest.mark.alone]

MOMENT = 0.4


@pytest.fixture(scope="module")
def life() -> Iterator[Living]:
    with living_server.living() as made:
        yield made


def test_f03_web_workers_die_while_an_operation_runs(life: Living) -> None:
    living_server.kill_and_check(life, f"install@web worker@{MOMENT}")


def test_f04_the_master_of_web_dies_while_an_operation_runs(life: Living) -> None:
    living_server.kill_and_check(life, f"enable@web master@{MOMENT}")
    life.server.wait_for(lambda: living_server.answers(life.server.client, "/login/"))


def test_the_operator_dies_while_it_upgrades(life: Living) -> None:
    living_server.kill_and_check(life, f"upgrade@operator@{MOMENT}")


def test_f18_an_upload_that_breaks_off_leaves_nothing(life: Living) -> None:
    browser = life.server.client
    browser.login()
    uploads, operations = life.site.rows("upload"), life.site.rows("operation")
    files = sorted((life.site.root / "uploads").iterdir())
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        f"POST /modules/upload/ HTTP/1.1\r\nHost: 127.0.0.1:{life.server.port}\r\n"
        f"Origin: http://127.0.0.1:{life.server.port}\r\nCookie: {cookies}\r\n"
        f"X-CSRFToken: {browser.cookies['csrftoken']}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="package"; filename="half.zip"\r\n\r\nPK'
    )
    with socket.create_connection(("127.0.0.1", life.server.port), timeout=30) as half:
        half.sendall(head.encode() + b"x" * 20000)
    life.server.wait_for(lambda: "Entity: /modules/upload/" in life.server.logs())
    assert sorted((life.site.root / "uploads").iterdir()) == files
    assert life.site.rows("upload") == uploads and life.site.rows("operation") == operations


def test_f05_everything_dies_and_starts_again(life: Living) -> None:
    before = state_of(life.site)
    operation = life.ask("rollback")
    assert life.server.process is not None
    for pid in life.server.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    life.server.process.wait(30)
    life.server.start()
    outcome = life.wait(operation)
    after = state_of(life.site)
    assert outcome in ("done", "aborted", "failed")
    assert after == before or outcome == "done"
