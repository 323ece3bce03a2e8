"""The real server of the product, and the baseline beside it on the same disk."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.server.running import ROOT, Answer, Browser, Server, free_port

BOUNDARY = "bench-bench-bench"
_WAIT_SECONDS = 120.0
_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Ended:
    """One operation that ended well: seconds from its start to its last row."""

    seconds: float
    steps: dict[str, float]


class Product:
    """web, host and operator as ``script/server`` starts them, with a logged-in browser."""

    def __init__(self, folder: Path, modules: int) -> None:
        folder.mkdir()
        self.server = Server(folder)
        self.server.prepare()
        self.modules = modules
        self._run("bench.fixtures", str(modules))
        self.browser = self.server.client

    def start(self) -> None:
        """Start all processes and log in; what was started goes on until `stop`."""
        self.server.start()
        if self.browser.login().status != 302:
            raise RuntimeError("the login failed")

    @property
    def data_dir(self) -> Path:
        """Return the data folder of this server."""
        return self.server.data_dir

    def upload(self, package: bytes) -> str:
        """Send a package by the form and read its report; return the report's address."""
        answer = send_package(self.browser, "/modules/upload/", package)
        address = answer.headers["Location"] or ""
        if answer.status != 302 or self.browser.get(address).status != 200:
            raise RuntimeError(f"the upload failed: {answer.status} {answer.text[-2000:]}")
        return address

    def ask(self, address: str, **data: str) -> int:
        """Post a form that queues an operation; return the operation's number."""
        answer = self.browser.post(address, data)
        location = answer.headers["Location"] or ""
        if answer.status != 302 or "/operations/" not in location:
            raise RuntimeError(f"{address}: {answer.status} {answer.text[-2000:]}")
        return int(location.strip("/").rpartition("/")[2])

    def wait(self, operation: int) -> Ended:
        """Wait for the end of an operation; anything but success is an error here."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            row = self._row(operation)
            if row[0] not in ("queued", "running"):
                break
            time.sleep(_POLL_SECONDS)
        if row[0] != "done":
            raise RuntimeError(f"operation {operation} ended as {row}\n{self.server.logs()}")
        return Ended(_between(row[1], row[2]), self._steps(operation))

    def page(self, module_id: str) -> Answer:
        """Ask for the module's own page."""
        return self.browser.get(f"/m/{module_id}/")

    def measure(self, program: str, *arguments: str) -> dict[str, Any]:
        """Run a program of this package on the data folder and return what it prints as JSON."""
        return json.loads(self._run(program, *arguments))  # type: ignore[no-any-return]

    def stop(self) -> None:
        """End all processes."""
        self.server.stop()

    def _run(self, *arguments: str) -> str:
        environment = {**self.server.environment, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"}
        return subprocess.run(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def _row(self, operation: int) -> tuple[Any, ...]:
        query = "SELECT outcome, started_at, ended_at, error FROM modules_app_operation WHERE id=?"
        return self._query(query, operation)[0]

    def _steps(self, operation: int) -> dict[str, float]:
        query = (
            "SELECT stage, started_at, ended_at FROM modules_app_operationstep"
            " WHERE operation_id=? AND ended_at IS NOT NULL"
        )
        return {stage: _between(start, end) for stage, start, end in self._query(query, operation)}

    def _query(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        address = f"file:{self.data_dir / 'core.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def baseline(folder: Path) -> Iterator[Browser]:
    """Run the minimal Django of `bench.baseline` and yield a browser that is logged in."""
    folder.mkdir()
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "BENCH_BASELINE": str(folder),
        "BENCH_BASELINE_KEY": "only for this run, on a loopback address",
    }
    subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.baseline"], cwd=ROOT, env=environment, check=True
    )
    command = ["gunicorn", "bench.baseline:application", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--preload"]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield _enter(Browser(port))
    finally:
        process.terminate()
        process.wait(30)


def send_package(browser: Browser, address: str, package: bytes) -> Answer:
    """Send a package as a browser's form does."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="package"; filename="p.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Origin": f"http://127.0.0.1:{browser.port}",
        "X-CSRFToken": browser.cookies.get("csrftoken", ""),
    }
    body = head.encode() + package + f"\r\n--{BOUNDARY}--\r\n".encode()
    return browser.request("POST", address, body=body, headers=headers)


def _enter(browser: Browser) -> Browser:
    deadline = time.monotonic() + 30
    while True:
        try:
            browser.get("/login/")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return browser


def _between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
