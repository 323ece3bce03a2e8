"""A real server as script/server starts it, and a small browser for it."""

from __future__ import annotations

import atexit
import functools
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.server.commands import Commands

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "admin", "correct horse battery staple"
START_SECONDS = 90
FIRST_PORT, PORTS_EACH = 20_000, 1_000


@dataclass(frozen=True)
class Answer:
    """What the server answered; ``seconds`` from the request to the last byte."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Keeps cookies, sends the CSRF token and Origin, follows no redirects."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, data: dict[str, str] | None = None, **options: Any) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            **options.pop("headers", {}),
        }
        return self.request(
            "POST", path, body=urlencode(data or {}).encode(), headers=headers, **options
        )

    def login(self, username: str = USER, password: str = PASSWORD) -> Answer:
        self.get("/login/")
        return self.post("/login/", {"username": username, "password": password})

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(
                method, path, body=body, headers={"Cookie": cookie, **(headers or {})}
            )
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, response.headers, content, time.monotonic() - started)


class Server:
    """web, host and operator on a free port, with everything below ``data_dir``."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            "PBX_SUDO_SECONDS": "86400",  # a long run must not be asked for a password half way
            "PBX_DATA_DIR": str(data_dir),
            "PBX_PORT": str(self.port),
            "PBX_BAD_STARTS": "0",  # who kills the host on purpose does not want safe mode
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None
        self._commands: Commands | None = None
        self.client = Browser(self.port)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.data_dir / "output").read_text()

    def prepare(self, *, user: bool = True) -> None:
        """Create database and static files, and the administrator."""
        shutil.copytree(prepared(user=user), self.data_dir, dirs_exist_ok=True)

    def start(self) -> None:
        """Start and wait until web says where it is."""
        with (self.data_dir / "output").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.wait_for(lambda: "answers at" in self.output)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop everything and return the exit status."""
        if self._commands is not None:
            self._commands.close()
            self._commands = None
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(90)

    def manage(self, *arguments: str, check: bool = True, **environment: str) -> Any:
        """Run a management command on the same data folder."""
        if arguments[0] == "module" and not environment:
            self._commands = self._commands or Commands(self.environment)
            done = self._commands.run(*arguments)
        else:
            done = subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env={**self.environment, **environment},
                capture_output=True,
                text=True,
            )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def wait_for(self, condition: Any, seconds: float = START_SECONDS) -> None:
        """Wait until ``condition()`` is true; the failure shows the logs."""
        deadline = time.monotonic() + seconds
        while not condition():
            ended = self.process is not None and self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError("it did not happen in time\n" + self.logs())
            time.sleep(0.05)

    def logs(self) -> str:
        """Return the ends of all logs."""
        files = [self.data_dir / "output", *sorted((self.data_dir / "log").glob("*.log"))]
        return "\n".join(f"== {f.name}\n{f.read_text()[-3000:]}" for f in files if f.exists())

    def processes(self) -> list[int]:
        """Return all processes that belong to this server."""
        mark = f"PBX_DATA_DIR={self.data_dir}\0".encode()
        own = {self._commands.pid} if self._commands else set()
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes() + b"\0":
                    found.extend({int(folder.name)} - own)
            except OSError:
                continue
        return found

    def commands(self) -> dict[int, str]:
        """Return the command line of each process, without those that end meanwhile."""
        lines = {}
        for pid in self.processes():
            with suppress(OSError):
                lines[pid] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return lines


def free_port() -> int:
    """Return a port that nobody uses, out of those that the kernel gives to no connection.

    Each process of a parallel run has its own share of them, so that no other one takes the port
    before the server does.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + PORTS_EACH * worker
    for port in random.sample(range(first, first + PORTS_EACH), PORTS_EACH):
        with socket.socket() as sock, suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@functools.cache
def prepared(*, user: bool) -> Path:
    """Return a data folder as ``manage.py prepare`` leaves it, made once in a run, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="pbxadmin-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = Server(folder)
    if user:
        server.prepare(user=False)
        server.manage(
            "createsuperuser", "--noinput", "--username", USER, "--email", "",
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )  # fmt: skip
    else:
        server.manage("prepare")
    return folder
