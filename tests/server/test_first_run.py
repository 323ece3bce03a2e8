"""From an empty folder to the first login, and to a clean end (reference R6.5)."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.running import PASSWORD, ROOT, USER, Browser, Server

pytestmark = pytest.mark.server


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.prepare(user=False)
    server.start()
    yield server
    server.stop()


def setup_path(server: Server) -> str:
    server.wait_for(lambda: "/setup/" in server.output)
    found = re.search(r"http://127\.0\.0\.1:\d+(/setup/[^/\s]+/)", server.output)
    assert found is not None
    return found[1]


def fill(server: Server, path: str, name: str) -> int:
    browser = Browser(server.port)
    browser.get(path)
    form = {"username": name, "password": PASSWORD, "repeated": PASSWORD}
    return browser.post(path, form).status


def test_the_printed_link_makes_exactly_one_administrator(fresh: Server) -> None:
    path = setup_path(fresh)
    for other in ("/", "/login/", "/modules/", "/admin/", "/api/m/x/y"):
        assert Browser(fresh.port).get(other).status == 503
    assert Browser(fresh.port).get("/setup/wrong/").status == 404
    # A wrong link shows no form, so there is no token that a guess could be sent with.
    assert fill(fresh, "/setup/" + "w" * 64 + "/", "intruder") == 403

    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda name=name: statuses.append(fill(fresh, path, name)))
        for name in ("first", "second", "third")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.count(302) == 1
    assert Browser(fresh.port).get(path).status == 404
    assert not (fresh.data_dir / "run" / "setup.code").exists()
    users = fresh.manage(
        "shell", "-c",
        "from django.contrib.auth.models import User; print('users:', User.objects.count())",
    )  # fmt: skip
    assert "users: 1" in users.stdout


def test_createsuperuser_ends_the_first_run_too(fresh: Server) -> None:
    path = setup_path(fresh)
    fresh.manage(
        "createsuperuser", "--noinput", "--username", USER, "--email", "",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )  # fmt: skip

    assert Browser(fresh.port).get(path).status == 404
    browser = Browser(fresh.port)
    assert browser.login().status == 302
    assert browser.get("/").status == 200


def test_a_second_server_says_who_has_the_data_folder(fresh: Server) -> None:
    assert fresh.process is not None
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=fresh.environment,
        capture_output=True,
        text=True,
    )

    assert second.returncode == 5
    assert str(fresh.process.pid) in second.stderr
    host = fresh.manage("host", check=False)
    assert host.returncode == 5 and "running already" in host.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process(fresh: Server, number: signal.Signals) -> None:
    fresh.wait_for((fresh.data_dir / "run" / "host-health.json").exists)
    assert len(fresh.processes()) > 5

    assert fresh.stop(number) == 0
    assert fresh.processes() == []


def test_killing_the_server_leaves_no_process_after_a_while(fresh: Server) -> None:
    fresh.wait_for((fresh.data_dir / "run" / "host-health.json").exists)
    assert fresh.stop(signal.SIGKILL) == -signal.SIGKILL
    fresh.process = None

    fresh.wait_for(lambda: fresh.processes() == [])
    fresh.start()
    assert Browser(fresh.port).get("/healthz").status == 200
