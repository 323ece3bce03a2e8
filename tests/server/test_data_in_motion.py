"""People keep writing into a module while it is upgraded; nothing they were told is lost (I2)."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.broken_modules import in_page
from tests.builders import module_json, zip_of
from tests.server.running import Browser, Server

pytestmark = pytest.mark.server

ID = "ModuleWritten"
MODELS = """
from django.db import models
from modules_app.sdk import ModuleModel

class Entry(ModuleModel):
    text = models.CharField(max_length=40)
"""
PAGE = """
from pbx_modules.ModuleWritten.models import Entry
if request.method == "POST":
    Entry.objects.create(text=request.POST["text"])
return HttpResponse("\\n".join(Entry.objects.values_list("text", flat=True)))
"""


@dataclass
class Writer:
    """Posts one row after the other and remembers which were acknowledged."""

    server: Server
    written: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Writer:
        self.thread = threading.Thread(target=self.work)
        self.thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.done.set()
        self.thread.join()

    def work(self) -> None:
        browser = Browser(self.server.port)
        browser.cookies = dict(self.server.client.cookies)
        for number in range(100_000):
            if self.done.is_set():
                return
            text = f"row {number}"
            if browser.post(f"/m/{ID}/", {"text": text}).status == 200:
                self.written.append(text)
            time.sleep(0.01)

    def wait_for_more(self, count: int = 5) -> None:
        before = len(self.written)
        self.server.wait_for(lambda: len(self.written) >= before + count)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    running.prepare()
    running.start()
    try:
        running.client.login()
        running.manage("module", "install", str(package(tmp_path, "1.0.0")), "--enable", "--yes")
        running.wait_for(lambda: running.client.get(f"/m/{ID}/").status == 200)
        yield running
    finally:
        running.stop()


def package(folder: Path, version: str) -> Path:
    path = folder / f"{ID}-{version}.zip"
    manifest = module_json(ID, version=version)
    path.write_bytes(zip_of({"module.json": manifest, "models.py": MODELS, **in_page(PAGE)}))
    return path


def rows(server: Server) -> set[str]:
    return set(server.client.get(f"/m/{ID}/").text.splitlines())


def version(server: Server) -> str:
    with closing(sqlite3.connect(server.data_dir / "core.sqlite3")) as connection:
        return str(connection.execute("SELECT version FROM modules_app_module").fetchone()[0])


def pid_of(server: Server, words: str) -> int:
    for pid, command in server.commands().items():
        if words in command:
            return pid
    raise AssertionError(f"nothing runs as {words}")


@contextmanager
def nobody_operates(server: Server) -> Iterator[None]:
    """Kill the operator and keep supervisord from starting another: commands operate meanwhile."""
    supervisord = pid_of(server, "supervisor.supervisord")
    os.kill(supervisord, signal.SIGSTOP)
    try:
        os.kill(pid_of(server, "manage.py operator"), signal.SIGKILL)
        yield
    finally:
        os.kill(supervisord, signal.SIGCONT)


def test_what_was_acknowledged_during_an_upgrade_is_there_afterwards(server: Server) -> None:
    with Writer(server) as writer:
        writer.wait_for_more()
        server.manage("module", "install", str(package(server.data_dir, "2.0.0")), "--yes")
        writer.wait_for_more()

    assert version(server) == "2.0.0"
    assert set(writer.written) <= rows(server)


@pytest.mark.parametrize(
    ("point", "expected"), [("upgrade.data-copied", "1.0.0"), ("operation.committed", "2.0.0")]
)
def test_a_killed_operator_loses_nothing_either(
    tmp_path: Path, point: str, expected: str
) -> None:
    """Before the commit the old version serves again, after it the new one, by recovery alone."""
    running = Server(tmp_path)
    running.prepare()
    running.start()
    try:
        running.client.login()
        running.manage("module", "install", str(package(tmp_path, "1.0.0")), "--enable", "--yes")
        running.wait_for(lambda: running.client.get(f"/m/{ID}/").status == 200)
        with Writer(running) as writer:
            writer.wait_for_more()
            upgrade = ("module", "install", str(package(tmp_path, "2.0.0")), "--yes")
            with nobody_operates(running):
                running.manage(*upgrade, check=False, PBX_FAULT=f"{point}:kill9")
            running.wait_for(lambda: version(running) == expected)
            writer.wait_for_more()
        assert set(writer.written) <= rows(running)
    finally:
        running.stop()
