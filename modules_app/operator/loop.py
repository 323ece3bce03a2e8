"""The operator process: one lock, one warm parent of children, several operations at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from django.db import connections

from modules_app.exceptions import Busy
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.operator import backups
from modules_app.operator.cleaning import sweep_all
from modules_app.operator.hook_faults import note_hook_faults
from modules_app.operator.host_link import HostLink
from modules_app.operator.housekeeping import keep_house
from modules_app.operator.protection import return_rules_when_over
from modules_app.operator.recovery import recover
from modules_app.operator.run import repeat_unfinished
from modules_app.operator.surface_watch import SurfaceWatch
from modules_app.operator.together import resume_claimed, run_claimed, unended
from modules_app.operator.tools import CHILDREN, Tools
from modules_app.operator.turns import claim, ready_operations
from modules_app.operator.watch import Watch
from modules_app.operator.wishes import WishWatch
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.processes.locks import FileLock
from modules_app.processes.poke import PokeListener, poke
from modules_app.processes.zygote import Zygote
from modules_app.surfaces.variables import note_variables

log = logging.getLogger("pbxadmin.operator")

AT_ONCE = 4
IDLE_SECONDS = 1.0
TIDY_SECONDS = 3600.0
BACKUP_LOOK_SECONDS = 60.0
RETRY_SECONDS = 2.0


class Operator:
    """Runs queued operations while it holds the operator lock. Use it as a context manager."""

    def __init__(self, data_dir: DataDir) -> None:
        self.data_dir = data_dir
        self.lock = FileLock(data_dir.run / "operator.lock")
        self._stopping = threading.Event()
        self._running: dict[int, Future[None]] = {}

    def __enter__(self) -> Operator:
        if not self.lock.try_lock():
            raise Busy(
                "operator-running",
                _("Another operator is running already: {holder}."),
                context={"holder": str(self.lock.holder())},
            )
        self.tools = Tools(
            fsops=FsOps(),
            data_dir=self.data_dir,
            zygote=Zygote(
                settings_module="pbxadmin.settings.host",
                label="operator",
                preload=CHILDREN,
                waiting=2,  # preflight and probe run beside each other
            ),
            host=HostLink(self.data_dir),
        )
        self.data_dir.prepare(self.tools.fsops)
        note_variables(self.tools.fsops, self.data_dir)
        self._listener = PokeListener(self.data_dir.root, "operator")
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="operation")
        recover(self.tools)
        self._surfaces = SurfaceWatch(self.tools)
        self._wishes = WishWatch(self.tools)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._pool.shutdown(wait=True)
        self._surfaces.close()
        self._wishes.close()
        self._listener.close()
        self.tools.zygote.close()
        self.lock.release()

    def stop(self) -> None:
        """Ask the loop to end after the running operations."""
        self._stopping.set()

    def serve(self, until: Callable[[], bool] = lambda: False) -> None:
        """Run operations until ``stop`` was called or ``until`` holds between two rounds."""
        tidied = time.monotonic()
        looked = float("-inf")
        watch = Watch(self.tools)
        while not self._stopping.is_set():
            if time.monotonic() - looked > BACKUP_LOOK_SECONDS:
                looked = time.monotonic()
                if backups.is_due(self.data_dir, backups.HOUR):
                    backups.back_up(self.tools.fsops, self.data_dir, backups.HOUR)
            started = self._start_queued()
            if time.monotonic() - tidied > TIDY_SECONDS and not self._running:
                repeat_unfinished(self.tools)
                sweep_all(self.tools)
                keep_house(self.tools)
                tidied = time.monotonic()
            if until():
                return
            if watch.look():
                self.tools.host.wake()
            return_rules_when_over()
            self._surfaces.look()
            self._wishes.look()
            note_hook_faults(self.tools)
            if not started:
                self._listener.wait(IDLE_SECONDS if not self._running else 0.05)

    def _start_queued(self) -> bool:
        self._reap()
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return False
        ready = list(ready_operations().values_list("pk", flat=True)[:free])
        for pk in ready:
            operation = claim(pk)
            if operation is not None:
                self._running[pk] = self._pool.submit(self._run, operation)
        return bool(ready)

    def _reap(self) -> None:
        """Forget what ended; what could not even write its end, on a full disk say, is resumed."""
        for pk, done in list(self._running.items()):
            if not done.done():
                continue
            del self._running[pk]
            unfinished = unended(pk)
            if unfinished is not None:
                self._running[pk] = self._pool.submit(self._resume, unfinished)

    def _resume(self, operation: Operation) -> None:
        time.sleep(RETRY_SECONDS)
        self._run(operation, resume_claimed)

    def _run(
        self, operation: Operation, how: Callable[[Operation, Tools], None] = run_claimed
    ) -> None:
        try:
            if how is run_claimed and backups.is_due(self.data_dir, backups.OPERATION):
                backups.back_up(self.tools.fsops, self.data_dir, backups.OPERATION)
            how(operation, self.tools)
        finally:
            with suppress(Exception):  # closing a broken connection must not hide the outcome
                connections.close_all()
            poke(self.data_dir.root, "operator")
