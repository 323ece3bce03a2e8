"""What the host may load: everything, nothing (safe mode), or what is being tried (R4.8).

Belongs to the host's parent, which runs no module code. Times are on the monotonic clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from modules_app.bridge.boots import Boots
from modules_app.bridge.registry import Registry
from modules_app.bridge.safe_mode import (
    SafeMode,
    SafeModeFile,
    Verdict,
    Why,
    judged,
    now_text,
)
from modules_app.bridge.strikes import UNKNOWN, Strikes
from modules_app.domain.strikes import Patience
from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps

logger = logging.getLogger("pbxadmin.host")

HOST = "host"
_ENDED = "The host ended."


@dataclass(frozen=True, slots=True)
class Choice:
    """Which modules may be loaded: all of them when ``only`` is None.

    ``only`` holds ids, or "id/generation" where just that generation may be loaded.
    """

    safe_mode: bool = False
    only: frozenset[str] | None = None

    def of(self, registry: Registry) -> Registry:
        """Return the registry with what may be loaded."""
        only = self.only
        if only is None:
            return registry
        modules = tuple(
            module
            for module in registry.modules
            if {module.id, f"{module.id}/{module.generation}"} & only
        )
        return replace(registry, modules=modules, safe_mode=self.safe_mode)


@dataclass
class Served:
    """One server as it proves itself: what it loaded, and since when it has answered."""

    registry: Registry
    health: dict[str, Any] | None = None
    since: float = 0.0
    proven: bool = False
    strikes: dict[str, int] = field(default_factory=dict)

    def answered(self, health: dict[str, Any]) -> None:
        """Note its first answer."""
        self.health, self.since = health, time.monotonic()

    def well(self) -> dict[str, str]:
        """Return the generations of the modules that are loaded, by id."""
        states = self.health["modules"] if self.health else {}
        return {
            module.id: module.generation
            for module in self.registry.modules
            if states.get(module.id, {}).get("ok")
        }


class Caution:
    """Counts starts, follows the safe-mode file and judges what is being tried."""

    def __init__(self, data_dir: Path, patience: Patience, fsops: FsOps) -> None:
        self._patience = patience
        self._file = SafeModeFile(data_dir, fsops=fsops)
        self._boots = Boots(data_dir / "run", fsops=fsops)
        self._strikes = Strikes(data_dir / "run", fsops=fsops)
        self._counted = False
        self._safe_mode: SafeMode | None = None
        self._not_on_disk: SafeMode | None = None
        self._loaded_since: dict[tuple[str, str], float] = {}

    @property
    def start(self) -> int:
        """Return the number of this start of the host."""
        return self._boots.record.starts

    def begin(self) -> None:
        """Count this start; after too many bad ones, safe mode comes on."""
        self._safe_mode = self._file.read()
        self._counted = self._boots.begin()
        if self._boots.record.bad > 1 and self._safe_mode is not None:
            self._judge(self._safe_mode.running, fault=True, text=_ENDED)
        self._beware()

    def stopped(self) -> None:
        """Note that somebody ends the host in order."""
        if self._counted:
            self._boots.stopped()

    def died(self) -> None:
        """Note that a server ended by itself."""
        self._boots.died()
        if self._safe_mode is not None:
            self._judge(self._safe_mode.running, fault=True, text=_ENDED)
        self._beware()

    def choice(self) -> Choice:
        """Return what may be loaded now.

        While the start cannot be counted, that is what was healthy at the last one (R4.8).
        """
        was_on = self._safe_mode is not None
        if (unwritten := self._not_on_disk) is not None and self._try(
            lambda: self._file.turn_on(unwritten)
        ):
            self._not_on_disk = None
        self._safe_mode = self._file.read() or self._not_on_disk
        if self._safe_mode is not None:
            return Choice(True, frozenset(self._safe_mode.running))
        if was_on:
            self._boots.good()
        if not self._counted:
            self._counted = self._boots.begin()
        if self._counted:
            return Choice()
        healthy = self._boots.record.healthy.items()
        return Choice(False, frozenset(f"{name}/{generation}" for name, generation in healthy))

    def serve(self, registry: Registry) -> Served:
        """Return a new server's record; strikes of modules that are gone are forgotten."""
        if not registry.safe_mode:
            self._strikes.keep_only(registry)
        return Served(registry, strikes=self._count_strikes())

    def look(self, served: Served) -> list[str]:
        """Judge a server that answers; return the modules that have been loaded for long enough."""
        now = time.monotonic()
        if not served.proven and now - served.since >= self._patience.healthy_seconds:
            served.proven = True
            self._boots.good(None if served.registry.safe_mode else served.well())
        if served.registry.safe_mode:
            self._judge_trial(served)
        return self._settled(served, now)

    def _settled(self, served: Served, now: float) -> list[str]:
        well = set(served.well().items())
        self._loaded_since = {one: self._loaded_since.get(one, now) for one in well}
        enough = self._patience.probation_seconds
        return sorted(one[0] for one, at in self._loaded_since.items() if now - at >= enough)

    def _judge_trial(self, served: Served) -> None:
        safe_mode = self._safe_mode
        running = tuple(module.id for module in served.registry.modules)
        if safe_mode is None or not running or served.health is None:
            return
        for module_id, state in served.health["modules"].items():
            if not state["ok"] and not state.get("passing"):
                self._judge(running, fault=True, text=f"{module_id}: {state['error']}")
                return
        for module_id, count in self._count_strikes().items():
            if count > served.strikes.get(module_id, 0):
                self._judge(running, fault=True, text=self._told(module_id))
                return
        machine_knows = safe_mode.search is None or safe_mode.why is Why.BAD_STARTS
        if served.proven and machine_knows and not _is_judged(safe_mode, running):
            self._judge(running, fault=False, text="")

    def _judge(self, running: tuple[str, ...], *, fault: bool, text: str) -> None:
        if not running:
            return
        logger.warning("tried %s: %s", ", ".join(running), text or "no fault was seen")
        verdict = Verdict(running, fault, text)
        self._try(lambda: self._file.change(lambda safe_mode: judged(safe_mode, verdict)))

    def _beware(self) -> None:
        bad = self._boots.record.bad
        if not self._patience.bad_starts or bad < self._patience.bad_starts:
            return
        safe_mode = SafeMode(
            why=Why.BAD_STARTS,
            actor=HOST,
            since=now_text(),
            bad_starts=bad,
            suspect=self._last_struck(),
        )
        if not self._try(lambda: self._file.turn_on(safe_mode)):
            self._not_on_disk = safe_mode
        logger.error("safe mode: %s starts in a row went wrong", bad)

    def _last_struck(self) -> str:
        known = self._strikes.read()
        lately = {name: one.last for name, one in known.items() if one.last.start >= self.start - 3}
        return max(lately, key=lambda name: lately[name].at, default=UNKNOWN)

    def _told(self, module_id: str) -> str:
        found = self._strikes.read().get(module_id)
        if found is None:
            return module_id
        return f"{module_id or '-'}: {found.last.doing}, {found.last.how}"

    def _count_strikes(self) -> dict[str, int]:
        return {name: len(one.strikes) for name, one in self._strikes.read().items()}

    def _try(self, action: Callable[[], object]) -> bool:
        """Write to the file; a disk that does not take it is no reason to end."""
        try:
            action()
        except (OSError, ModuleError) as error:
            logger.error("the safe-mode file cannot be written: %s", error)
            return False
        return True


def _is_judged(safe_mode: SafeMode, running: tuple[str, ...]) -> bool:
    verdict = safe_mode.verdict
    return verdict is not None and set(verdict.modules) == set(running) and not verdict.fault
