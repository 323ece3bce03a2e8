"""The HTTP server of the host: one gunicorn per registry sequence, inside a forked child.

gunicorn gives up when a worker exits with status 3 or 4 and starts dying workers again without a
pause (reference R0.4). Ours does neither: no exit status means anything, and a worker that dies
before it served is started again after a growing pause, without the module that took it down.
"""

from __future__ import annotations

import importlib
import logging
import mmap
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.sync import SyncWorker

from modules_app.bridge.registry import Registry, read_registry
from modules_app.host.strikes import ENDED, HUNG, Strikes, clear_marker, importing
from modules_app.packages.fsops import FsOps

logger = logging.getLogger("pbxadmin.host")

LONGEST_PAUSE = 30.0
_FIRST_PAUSE = 0.05


def serve(payload: dict[str, Any]) -> None:
    """Serve one registry sequence until SIGTERM; the target of `Zygote.spawn`.

    ``payload``: "registry" (path of its file), "run_dir", "socket" (file name in run_dir),
    "workers", "timeout" and "import_timeout" (seconds), "grace" (seconds for requests under way
    after SIGTERM), "application" ("module:function", called in each worker with the registry and
    a dict of left out modules, returns a WSGI application).
    """
    run_dir = Path(payload["run_dir"])
    fsops = FsOps()
    os.umask(0o077)
    with fsops.directory(run_dir) as dir_fd:
        listener = _listen(fsops, dir_fd, payload["socket"])
        application = HostApplication(payload, listener.detach())
        HostArbiter(application).run()


def _listen(fsops: FsOps, dir_fd: int, name: str) -> socket.socket:
    """Bind through the open directory, so that gunicorn can unlink the same name at the end."""
    fsops.unlink(name, dir_fd)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"/proc/self/fd/{dir_fd}/{name}")
    listener.listen(64)
    return listener


class HostApplication(BaseApplication):  # type: ignore[misc]
    """gunicorn's configuration, and the loading of modules in each worker."""

    def __init__(self, payload: dict[str, Any], listener_fd: int) -> None:
        self.payload = payload
        self.run_dir = Path(payload["run_dir"])
        self.registry: Registry = read_registry(payload["registry"])
        self.strikes = Strikes(self.run_dir)
        self._listener_fd = listener_fd
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        values = {
            "bind": f"fd://{self._listener_fd}",
            "workers": self.payload["workers"],
            "worker_class": "modules_app.host.arbiter.HostWorker",
            "timeout": self.payload["timeout"],
            "graceful_timeout": self.payload["grace"],
            "control_socket_disable": True,
            "preload_app": False,
            "loglevel": "warning",
            "proc_name": f"pbx-host-{self.registry.sequence}",
            "limit_request_field_size": 16_380,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Import the modules, in the worker, and return the WSGI application."""
        module, _, name = self.payload["application"].partition(":")
        build = getattr(importlib.import_module(module), name)
        return build(self.registry, self.strikes.left_out(self.registry))  # type: ignore[no-any-return]


class HostWorker(SyncWorker):  # type: ignore[misc]
    """A sync worker that tells the arbiter, through shared memory, that it serves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._serving = mmap.mmap(-1, 1)
        self.forgiven = False

    @property
    def serving(self) -> bool:
        """Tell, also in the arbiter, whether all modules are loaded and requests are answered."""
        return self._serving[0] == 1

    def run(self) -> None:
        """Serve requests until told to stop."""
        self._serving[0] = 1
        super().run()


class HostArbiter(Arbiter):  # type: ignore[misc]
    """An arbiter that no module can end."""

    # A worker that cannot start leaves with 255; compared as -1 it never means "give up".
    WORKER_BOOT_ERROR = -1
    APP_LOAD_ERROR = -1

    def __init__(self, application: HostApplication) -> None:
        self.run_dir = application.run_dir
        self.strikes = application.strikes
        self.registry = application.registry
        self.import_timeout = float(application.payload["import_timeout"])
        self.failures = 0
        self.not_before = 0.0
        super().__init__(application)
        self.cfg.set("child_exit", lambda _arbiter, worker: self.on_exit_of(worker))

    def spawn_workers(self) -> None:
        """Start the workers that are missing, unless a pause is due."""
        if time.monotonic() < self.not_before:
            return
        for _ in range(self.num_workers - len(self.WORKERS)):
            self.spawn_worker()

    def murder_workers(self) -> None:
        """Kill workers that hang in a request, or in the import of a module."""
        super().murder_workers()
        for pid, worker in list(self.WORKERS.items()):
            if worker.serving:
                self._forgive(worker)
            elif importing(self.run_dir, pid)[1] > self.import_timeout:
                self.kill_worker(pid, signal.SIGKILL)

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Wait no longer than the pause before the next start."""
        due = self.not_before - time.monotonic()
        return super().wait_for_signals(min(timeout, due) if due > 0 else timeout)  # type: ignore[no-any-return]

    def on_exit_of(self, worker: HostWorker) -> None:
        """Charge the module that a dead worker was importing; pause before the next start."""
        module_id, seconds = importing(self.run_dir, worker.pid)
        clear_marker(self.run_dir, worker.pid)
        if worker.serving:
            return
        self.failures += 1
        pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self.failures, 16))
        if module_id:
            self._charge(module_id, seconds)
            pause = _FIRST_PAUSE
        self.not_before = time.monotonic() + pause

    def _charge(self, module_id: str, seconds: float) -> None:
        hung = seconds > self.import_timeout
        count = self.strikes.charge(self.registry, module_id, HUNG if hung else ENDED)
        doing = "hung" if hung else "ended"
        logger.error("a worker %s while it loaded module %s: strike %s", doing, module_id, count)

    def _forgive(self, worker: HostWorker) -> None:
        self.failures = 0
        if not worker.forgiven:
            worker.forgiven = True
            self.strikes.forgive()
