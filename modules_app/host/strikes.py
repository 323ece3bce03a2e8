"""How a worker ended, and whose fault it was (reference R4.8).

A worker says in shared memory whose code it runs (see `modules_app.host.marker`). When it ends
while it says so, by a signal, by ``os._exit``, by lack of memory or because it did not come back,
that module gets a strike. An end that somebody ordered is nobody's fault.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

from modules_app.bridge.registry import Registry
from modules_app.bridge.strikes import MOST, UNKNOWN, ModuleStrikes, Strike, Strikes
from modules_app.domain.strikes import StrikeRule
from modules_app.exceptions import ModuleError
from modules_app.host.marker import Doing, Moment
from modules_app.packages.fsops import FsOps

logger = logging.getLogger("pbxadmin.host")

TRACES = "boot"
"""The folder, below the run folder, of what workers write when a fatal signal ends them."""

_EXCERPT_LINES = 12
_EXCERPT_BYTES = 16 * 1024


def keep_trace(run_dir: Path, fsops: FsOps) -> None:
    """Let a fatal signal write where this process was to ``run/boot/<pid>``, also out of C code.

    From now on a worker that is told to abort says so and ends, whatever its code would catch.
    """
    with fsops.directory(run_dir, TRACES) as dir_fd:
        fd = fsops.open_lock(str(os.getpid()), dir_fd)
    fsops.replace_content(fd, b"")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGABRT, signal.SIG_DFL)
    faulthandler.enable(fd, all_threads=False)


def take_trace(run_dir: Path, pid: int, fsops: FsOps) -> str:
    """Return what a dead worker wrote and remove it; "" if there is nothing."""
    try:
        with fsops.directory(run_dir, TRACES) as dir_fd:
            fd = fsops.open_file(str(pid), dir_fd)
            try:
                found = os.pread(fd, _EXCERPT_BYTES, 0)
            finally:
                os.close(fd)
            fsops.unlink(str(pid), dir_fd)
    except OSError:
        return ""
    lines = found.decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[:_EXCERPT_LINES])


def name_of_end(status: int) -> str:
    """Return how a process ended, from its wait status, such as "signal SIGSEGV" or "status 3"."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


class Judge:
    """Charges the ends of workers of one registry; ``start`` is the number of the host's start."""

    def __init__(self, run_dir: Path, registry: Registry, start: int) -> None:
        self._fsops = FsOps()
        self._run_dir = run_dir
        self._registry = registry
        self._start = start
        self._strikes = Strikes(run_dir, fsops=self._fsops)
        self._own: dict[str, ModuleStrikes] = {}

    def charge(self, moment: Moment, *, pid: int, how: str) -> str:
        """Charge what a worker did when it ended; return the module's id, "" for nobody.

        ``how`` it ended: what `name_of_end` says, or why it was ended by us.
        """
        excerpt = take_trace(self._run_dir, pid, self._fsops)
        module_id, generation = self._blamed(moment)
        doing = (moment.doing or Doing.REQUEST).name.lower()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        strike = Strike(self._start, doing, how, at=at, excerpt=excerpt)
        before = self._own.get(module_id)
        known = before.strikes if before else ()
        self._own[module_id] = ModuleStrikes(generation, (*known, strike)[-MOST:])
        try:
            self._strikes.charge(module_id, generation, strike)
        except (OSError, ModuleError) as error:  # a full disk must not end the server
            logger.error("a strike could not be written down: %s", error)
        return module_id

    def left_out(self, rule: StrikeRule) -> dict[str, str]:
        """Return the modules that must not be imported, each with the reason.

        The file forgets a module as soon as the operator has stopped it. This server, which ends
        only later, does not: it would import the module again, and charge it once more.
        """
        found = self._strikes.left_out(self._registry, rule, now=self._start)
        for name, one in self._own.items():
            if name and one.are_too_many(rule, now=self._start):
                found[name] = one.last.text
        return found

    def forget_trace(self, pid: int) -> None:
        """Remove what a worker left that ended in order."""
        take_trace(self._run_dir, pid, self._fsops)

    def _blamed(self, moment: Moment) -> tuple[str, str]:
        if not moment.doing or not 0 <= moment.module < len(self._registry.modules):
            return UNKNOWN, ""
        module = self._registry.modules[moment.module]
        return module.id, module.generation
