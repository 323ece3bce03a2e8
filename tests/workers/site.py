"""An installation with the module of workers, and a real supervisor beside the test."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.server.running import ROOT, Server
from tests.workers.module import ID, package

PATIENCE = 60.0


class Site:
    """Starts and kills ``manage.py workers`` on a data folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.control = folder / "control"
        self.control.mkdir()
        self.server = Server(
            folder / "data",
            PBX_TEST_CONTROL=str(self.control),
            PBX_WORKER_STOP_SECONDS="2",
            PBX_WORKER_SOFT_SECONDS="20",
            PBX_WORKER_LOG_BYTES="20000",
            PBX_WORKER_MEMORY_BYTES=str(80 * 1024 * 1024),
            **environment,
        )
        self.data_dir = self.server.data_dir
        self.server.prepare()
        path = folder / "module.zip"
        path.write_bytes(package())
        self.server.manage("module", "install", str(path), "--enable", "--yes")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the supervisor and wait until all workers run."""
        self.start_unchecked()
        self.wait_for(self.all_run)

    def start_unchecked(self) -> None:
        """Start the supervisor."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "workers"], cwd=ROOT, env=self.server.environment
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the supervisor and wait for its end."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self.process = None

    def tell(self, name: str, text: str = "") -> None:
        """Put a file into the folder that the workers look at."""
        (self.control / name).write_text(text)

    def untell(self, name: str) -> None:
        """Take it back."""
        (self.control / name).unlink(missing_ok=True)

    def said(self, name: str) -> str:
        """Return what the workers wrote into a file."""
        try:
            return (self.control / name).read_text()
        except FileNotFoundError:
            return ""

    @property
    def status(self) -> dict[str, Any]:
        """What the supervisor wrote last."""
        found: dict[str, Any] = json.loads((self.data_dir / "run" / "workers.json").read_text())
        return found

    def workers(self, name: str = "") -> list[dict[str, Any]]:
        """The rows of one worker, or of all."""
        return [one for one in self.status["workers"] if not name or one["name"] == name]

    def worker(self, name: str) -> dict[str, Any]:
        """The only row of a worker."""
        (found,) = self.workers(name)
        return found

    def all_run(self) -> bool:
        """Tell whether all four processes run."""
        try:
            workers = self.workers()
            known = self.process is not None and self.status["supervisor"] == self.process.pid
        except (OSError, ValueError):
            return False
        return (
            known
            and len(workers) == 4
            and all(one["state"] == "running" and one["pid"] for one in workers)
        )

    def log(self, name: str = "Steady") -> Path:
        """The log of a worker."""
        return self.data_dir / "log" / ID / f"worker-{name}.log"

    def processes(self) -> list[int]:
        """All processes of module code: whoever has one of the workers' logs as its output."""
        folder = str(self.data_dir / "log" / ID)
        found = []
        for process in Path("/proc").iterdir():
            try:
                if process.name.isdigit() and str((process / "fd/1").readlink()).startswith(folder):
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def wait_for(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until something holds; the failure shows the status and the logs."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except (OSError, ValueError):  # between two versions of the status
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not happen in time\n{self.report()}")
            time.sleep(0.05)

    def report(self) -> str:
        """Everything that helps to understand a failure."""
        status = self.data_dir / "run" / "workers.json"
        files = [status, *sorted((self.data_dir / "log" / ID).glob("*.log"))]
        return "\n".join(f"== {f.name}\n{f.read_text()[-2000:]}" for f in files if f.exists())
