"""The host parent: keeps one HTTP server per registry sequence running (design 3).

It never imports module code and never forks by itself, so the lock that it holds cannot leak. A
new sequence is started beside the old one; the old one ends after the new one is healthy.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from modules_app.bridge.health import ask_health
from modules_app.bridge.names import HEALTH_FILE, registry_name, socket_name
from modules_app.bridge.registry import Registry
from modules_app.domain.strikes import Patience, StrikeRule
from modules_app.exceptions import ModuleError
from modules_app.host.caution import Caution, Choice, Served
from modules_app.host.greed import WorkerLimits
from modules_app.host.strikes import TRACES
from modules_app.packages.fsops import FsOps
from modules_app.processes.poke import PokeListener, poke
from modules_app.processes.zygote import SpawnedChild, Zygote

logger = logging.getLogger("pbxadmin.host")

TARGET = "modules_app.host.arbiter:serve"
LONGEST_PAUSE = 60.0
_LOOK_SECONDS = 1.0
_START_LOOK_SECONDS = 0.02
_ENDING_LOOK_SECONDS = 0.05
_HEALTH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How each server runs; times in seconds.

    ``drain`` is what requests under way get when a sequence is replaced, ``stop`` when the host
    itself is stopped.
    """

    data_dir: Path
    settings_module: str = "pbxadmin.settings.host"
    application: str = "modules_app.host.application:build"
    preload: tuple[str, ...] = (
        "modules_app.host.arbiter",
        "modules_app.host.application:warm_up",
        "modules_app.host.frame:draw_frame",
        "modules_app.host.shared:remember",
    )
    workers: int = 2
    timeout: int = 30
    import_timeout: int = 10
    drain: int = 30
    stop: int = 5
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    rule: StrikeRule = field(default_factory=StrikeRule)
    patience: Patience = field(default_factory=Patience)

    @property
    def run_dir(self) -> Path:
        """Return the folder of sockets and registry files."""
        return self.data_dir / "run"


@dataclass
class _Server:
    """One running server. ``healthy`` once it answered for the first time.

    ``leaving`` when it must end before another server can take over the same sequence.
    """

    served: Served
    child: SpawnedChild
    choice: Choice
    healthy: bool = False
    leaving: bool = False
    settled: list[str] = field(default_factory=list)

    @property
    def sequence(self) -> int:
        return self.served.registry.sequence


class HostParent:
    """Runs servers until `stop` is called.

    ``current_sequence`` returns the number that web switches by; ``build_registry`` what to load.
    Both may raise `OSError` or a database error; then everything stays as it is until they work.
    What of the registry is loaded is up to `Caution`: nothing of it in safe mode.
    """

    def __init__(
        self,
        options: HostOptions,
        *,
        current_sequence: Callable[[], int],
        build_registry: Callable[[], Registry],
        database_errors: tuple[type[Exception], ...] = (),
        fsops: FsOps | None = None,
    ) -> None:
        self._options = options
        self._current_sequence = current_sequence
        self._build_registry = build_registry
        self._errors = (OSError, ModuleError, *database_errors)
        self._fsops = fsops or FsOps()
        self._caution = Caution(options.data_dir, options.patience, self._fsops)
        self._newest: _Server | None = None
        self._older: list[_Server] = []
        self._failures = 0
        self._not_before = 0.0
        self._stopping = False
        self._complaint = ""
        self._zygote = Zygote(
            settings_module=options.settings_module,
            label="pbx-host",
            preload=options.preload,
            isolated=False,
        )

    def stop(self) -> None:
        """End `run` soon; may be called from a signal handler."""
        self._stopping = True
        poke(self._options.data_dir, "host")

    def run(self) -> None:
        """Serve until `stop`; the caller holds ``run/host.lock``."""
        self._clean_up()
        self._caution.begin()
        self._zygote.start()
        listener = PokeListener(self._options.data_dir, "host")
        try:
            while not self._stopping:
                self._look()
                listener.wait(self._pause())
        finally:
            if self._stopping:
                self._caution.stopped()
            self._end_all()
            listener.close()

    def _look(self) -> None:
        """Do whatever is due; called at each poke and at least once a second."""
        self._reap()
        self._follow_sequence()
        newest = self._newest
        if newest is None or newest.leaving:
            return
        if newest.healthy:
            self._look_closer(newest)
        else:
            self._check_health(newest)

    def _pause(self) -> float:
        if self._newest is None or self._newest.healthy:
            if self._older:
                return _ENDING_LOOK_SECONDS
            due = self._not_before - time.monotonic()
            return min(_LOOK_SECONDS, due) if due > 0 else _LOOK_SECONDS
        return _START_LOOK_SECONDS

    def _follow_sequence(self) -> None:
        try:
            wanted, choice = self._current_sequence(), self._caution.choice()
            newest = self._newest
            if newest is not None and newest.sequence == wanted:
                if newest.choice != choice:
                    self._make_room(newest)
                self._complaint = ""
                return
            if time.monotonic() >= self._not_before:
                self._start(self._build_registry(), choice)
                self._complaint = ""
        except self._errors as error:
            self._back_off()
            self._complain(f"the host cannot start modules: {error}")

    def _make_room(self, server: _Server) -> None:
        """End a server before the next of the same sequence, and so of the same address, starts."""
        if not server.leaving:
            server.leaving = True
            server.child.begin_stop(self._options.stop)

    def _start(self, registry: Registry, choice: Choice) -> None:
        options = self._options
        registry = choice.of(registry)
        if self._newest is not None:
            self._older.append(self._newest)
            self._newest = None
        name = registry_name(registry.sequence)
        data = json.dumps(registry.as_dict()).encode()
        self._fsops.write_file_atomically(options.run_dir, name, data, durable=False)
        served = self._caution.serve(registry)
        payload = {
            "registry": str(options.run_dir / name),
            "run_dir": str(options.run_dir),
            "socket": socket_name(registry.sequence),
            "workers": options.workers,
            "timeout": options.timeout,
            "import_timeout": options.import_timeout,
            "grace": options.drain,
            "application": options.application,
            "start": self._caution.start,
            "rule": asdict(options.rule),
            "limits": asdict(options.limits),
        }
        child = self._zygote.spawn(TARGET, payload)
        self._newest = _Server(served, child, choice)
        logger.info("sequence %s starts as process %s", registry.sequence, child.pid)

    def _check_health(self, server: _Server) -> None:
        health = ask_health(
            self._options.run_dir / socket_name(server.sequence), seconds=_HEALTH_SECONDS
        )
        if health is None:
            return
        health = {**health, "settled": [], "safe_mode": server.served.registry.safe_mode}
        server.healthy = True
        server.served.answered(health)
        self._failures = 0
        self._report(health)
        for module_id, state in health["modules"].items():
            if not state["ok"]:
                logger.error("module %s is not loaded: %s", module_id, state["error"])
        logger.info("sequence %s serves", health["sequence"])
        for older in self._older:
            older.child.begin_stop(self._options.drain)

    def _look_closer(self, server: _Server) -> None:
        """See how a server fares that has answered once; say which modules have settled."""
        settled = self._caution.look(server.served)
        if settled != server.settled and server.served.health is not None:
            self._report({**server.served.health, "settled": settled})
            server.settled = settled

    def _report(self, health: dict[str, Any]) -> None:
        data = json.dumps(health).encode()
        self._fsops.write_file_atomically(self._options.run_dir, HEALTH_FILE, data, durable=False)

    def _reap(self) -> None:
        """Notice servers that ended; the newest one is started again after a growing pause."""
        for server in [s for s in self._older if s.child.poll() is not None]:
            self._older.remove(server)
            self._remove(registry_name(server.sequence))
        newest = self._newest
        if newest is not None and (status := newest.child.poll()) is not None:
            self._newest = None
            self._remove(registry_name(newest.sequence))
            if newest.leaving:
                return
            self._caution.died()
            self._back_off()
            logger.error("sequence %s ended with status %s", newest.sequence, status)

    def _back_off(self) -> None:
        self._failures += 1
        pause = min(LONGEST_PAUSE, 0.1 * 2 ** min(self._failures, 16))
        self._not_before = time.monotonic() + pause

    def _complain(self, sentence: str) -> None:
        """Log a lasting trouble once, not every second."""
        if sentence != self._complaint:
            self._complaint = sentence
            logger.error(sentence)

    def _end_all(self) -> None:
        servers = [*self._older, *([self._newest] if self._newest else [])]
        for server in servers:
            server.child.begin_stop(self._options.stop)
        for server in servers:
            server.child.wait(self._options.stop + 5)
        self._zygote.close()
        self._clean_up()

    def _clean_up(self) -> None:
        """Remove what an earlier host left behind in the run folder."""
        with os.scandir(self._options.run_dir) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            if name.startswith(("host-", "registry-")) and name.endswith((".sock", ".json")):
                self._remove(name)
        with self._fsops.directory(self._options.run_dir) as dir_fd:
            self._fsops.remove_tree(TRACES, dir_fd)
            self._fsops.make_dir(TRACES, dir_fd, mode=0o700)

    def _remove(self, name: str) -> None:
        with self._fsops.directory(self._options.run_dir) as dir_fd:
            self._fsops.unlink(name, dir_fd)
