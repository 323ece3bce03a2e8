"""The HTTP server of the host: one gunicorn per registry sequence, inside a forked child.

gunicorn gives up when a worker exits with status 3 or 4 and starts dying workers again without a
pause (reference R0.4). Ours does neither: no exit status means anything, and a worker that dies
before it served is started again after a growing pause, without the module that took it down.
"""

from __future__ import annotations

import importlib
import logging
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
from modules_app.bridge.strikes import HUNG
from modules_app.domain.strikes import StrikeRule
from modules_app.host import marker
from modules_app.host.greed import WorkerLimits, kill_descendants
from modules_app.host.marker import Marker
from modules_app.host.strikes import Judge, keep_trace, name_of_end
from modules_app.packages.fsops import FsOps
from modules_app.processes import kernel

logger = logging.getLogger("pbxadmin.host")

LONGEST_PAUSE = 30.0
MOST_SPARE_WORKERS = 3
STUCK_SECONDS = 1.0
LOOK_SECONDS = 0.25
_FIRST_PAUSE = 0.05


def serve(payload: dict[str, Any]) -> None:
    """Serve one registry sequence until SIGTERM; the target of `Zygote.spawn`.

    ``payload``: "registry" (path of its file), "run_dir", "socket" (file name in run_dir),
    "workers", "timeout" and "import_timeout" (seconds), "grace" (seconds for requests under way
    after SIGTERM), "start" (number of the host's start), "rule" (of `StrikeRule`), "limits"
    (of `WorkerLimits`), "application" ("module:function", called in each worker with the registry
    and a dict of left out modules, returns a WSGI application).
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
        self.rule = StrikeRule(**payload["rule"])
        self.limits = WorkerLimits(**payload["limits"])
        self.judge = Judge(self.run_dir, self.registry, int(payload["start"]))
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
        return build(self.registry, self.judge.left_out(self.rule))  # type: ignore[no-any-return]


class HostWorker(SyncWorker):  # type: ignore[misc]
    """A sync worker that tells the arbiter, through shared memory, what it does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marker = Marker()
        self.ended_for = ""

    @property
    def serving(self) -> bool:
        """Tell, also in the arbiter, whether all modules are loaded and requests are answered."""
        return self.marker.serving

    def seconds(self) -> float:
        """Return for how long one import, or one request from its first to its last byte, takes."""
        if not self.serving:
            return self.marker.read().seconds()
        return time.monotonic() - float(self.tmp.last_update())

    def load_wsgi(self) -> None:
        """Load the modules; from here on their code runs in this process."""
        registry: Registry = self.app.registry
        marker.use(self.marker, [module.id for module in registry.modules])
        kernel.adopt_orphans()
        self.app.limits.bind()
        keep_trace(self.app.run_dir, FsOps())
        super().load_wsgi()

    def run(self) -> None:
        """Serve requests until told to stop."""
        self.marker.begin_to_serve()
        super().run()


class HostArbiter(Arbiter):  # type: ignore[misc]
    """An arbiter that no module can end."""

    # A worker that cannot start leaves with 255; compared as -1 it never means "give up".
    WORKER_BOOT_ERROR = -1
    APP_LOAD_ERROR = -1

    def __init__(self, application: HostApplication) -> None:
        self.judge = application.judge
        self.limits = application.limits
        self.import_timeout = float(application.payload["import_timeout"])
        self.usual_workers = int(application.payload["workers"])
        self.failures = 0
        self.not_before = 0.0
        self.stopping = False
        super().__init__(application)

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers; from now on nobody is blamed for an end."""
        self.stopping = True
        super().stop(graceful)

    def spawn_workers(self) -> None:
        """Start the workers that are missing, unless a pause is due."""
        if time.monotonic() < self.not_before:
            return
        for _ in range(self.num_workers - len(self.WORKERS)):
            self.spawn_worker()

    def murder_workers(self) -> None:
        """Kill workers that hang or take too much; start spare ones for those that are busy."""
        for pid, worker in list(self.WORKERS.items()):
            if worker.serving:
                self.failures = 0
            if worker.seconds() > (self.timeout if worker.serving else self.import_timeout):
                self._end(pid, worker, HUNG)
            elif why := self.limits.broken_by(pid):
                kill_descendants(pid)
                self._end(pid, worker, why)
        self._keep_one_free()

    def _end(self, pid: int, worker: HostWorker, why: str) -> None:
        """First ask for a trace, which ends the worker; if it still lives, kill it."""
        self.kill_worker(pid, signal.SIGKILL if worker.ended_for else signal.SIGABRT)
        worker.ended_for = worker.ended_for or why

    def _keep_one_free(self) -> None:
        """See that one worker is free while modules keep all others busy for long."""
        stuck = sum(
            1
            for worker in self.WORKERS.values()
            if worker.serving and worker.marker.read().seconds() > STUCK_SECONDS
        )
        most = self.usual_workers + MOST_SPARE_WORKERS
        self.num_workers = max(self.usual_workers, min(stuck + 1, most))

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Wait no longer than until the next look, or the next start."""
        due = self.not_before - time.monotonic()
        timeout = min(timeout, LOOK_SECONDS)
        return super().wait_for_signals(min(timeout, due) if due > 0 else timeout)  # type: ignore[no-any-return]

    def reap_workers(self) -> None:
        """Take note of every worker that ended, and how."""
        for pid in list(self.WORKERS):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                worker = self.WORKERS.pop(pid)
                self.on_exit_of(worker, status)
                worker.tmp.close()
                worker.marker.close()

    def on_exit_of(self, worker: HostWorker, status: int) -> None:
        """Charge the module whose code a worker ran when it died; pause before the next start."""
        moment = worker.marker.read()
        ordered = worker.serving and not moment.doing and (status == 0 or worker.ended_for == HUNG)
        if self.stopping or ordered:
            self.judge.forget_trace(worker.pid)
            return
        blamed = self._charge(worker, status)
        if not worker.serving:
            self.failures += 1
            pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self.failures, 16))
            self.not_before = time.monotonic() + (_FIRST_PAUSE if blamed else pause)

    def _charge(self, worker: HostWorker, status: int) -> str:
        how = worker.ended_for or name_of_end(status)
        blamed = self.judge.charge(worker.marker.read(), pid=worker.pid, how=how)
        logger.error("a worker ended: %s; it ran the code of: %s", how, blamed or "no module")
        return blamed
