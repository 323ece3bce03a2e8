"""Which modules took a worker down while they were imported (reference R4.8).

A worker writes ``run/boot/<pid>`` with the id of the module it is about to import and removes the
file afterwards. A file that outlives its worker is a strike against that module; after `LIMIT`
strikes in a row the next workers start without it. Enabling another generation, or switching the
module off and on, starts from zero.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules_app.bridge.registry import Registry
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

LIMIT = 2
ENDED = _("Its code ended the process while it was loaded, {count} times in a row.")
HUNG = _("Its code did not come back while it was loaded, {count} times in a row.")
_FILE = "strikes.json"
_BOOT = "boot"


@dataclass(frozen=True, slots=True)
class Strike:
    """How often in a row one generation of a module ended a worker, and how the last one ended."""

    generation: str
    count: int
    reason: str


class Strikes:
    """The file ``run/strikes.json``; only the process that reaps workers writes it."""

    def __init__(self, run_dir: Path, *, fsops: FsOps | None = None) -> None:
        self._run_dir = run_dir
        self._fsops = fsops or FsOps()

    def read(self) -> dict[str, Strike]:
        """Return all strikes by module id; an unreadable file counts as none."""
        try:
            found = json.loads((self._run_dir / _FILE).read_text())
            return {name: Strike(**strike) for name, strike in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def left_out(self, registry: Registry) -> dict[str, str]:
        """Return the modules of ``registry`` that must not be imported, each with the reason."""
        known = self.read()
        return {
            module.id: fill(known[module.id].reason, {"count": known[module.id].count})
            for module in registry.modules
            if module.id in known
            and known[module.id].generation == module.generation
            and known[module.id].count >= LIMIT
        }

    def charge(self, registry: Registry, module_id: str, reason: str) -> int:
        """Count one strike against a module of ``registry``; return how many it has now."""
        generation = next((m.generation for m in registry.modules if m.id == module_id), "")
        known = self.read()
        before = known.get(module_id)
        count = before.count + 1 if before and before.generation == generation else 1
        known[module_id] = Strike(generation, count, reason)
        self._write(known)
        return count

    def keep_only(self, registry: Registry) -> None:
        """Forget modules that the registry does not hold in that generation."""
        current = {module.id: module.generation for module in registry.modules}
        known = self.read()
        kept = {name: s for name, s in known.items() if current.get(name) == s.generation}
        if kept != known:
            self._write(kept)

    def forgive(self) -> None:
        """Forget strikes below the limit: a worker has just started with all those modules."""
        known = self.read()
        kept = {name: strike for name, strike in known.items() if strike.count >= LIMIT}
        if kept != known:
            self._write(kept)

    def _write(self, known: dict[str, Strike]) -> None:
        data: dict[str, Any] = {
            name: {"generation": s.generation, "count": s.count, "reason": s.reason}
            for name, s in known.items()
        }
        self._fsops.write_file_atomically(self._run_dir, _FILE, json.dumps(data).encode())


class BootMarker:
    """Says, in ``run/boot/<pid>``, which module this process is importing."""

    def __init__(self, run_dir: Path, *, fsops: FsOps | None = None) -> None:
        self._run_dir = run_dir
        self._fsops = fsops or FsOps()

    def __call__(self, module_id: str) -> None:
        """Note that the code of ``module_id`` runs from now on; "" for none."""
        with self._fsops.directory(self._run_dir, _BOOT) as dir_fd:
            fd = self._fsops.open_lock(str(os.getpid()), dir_fd)
            try:
                self._fsops.replace_content(fd, module_id.encode())
            finally:
                os.close(fd)


def importing(run_dir: Path, pid: int) -> tuple[str, float]:
    """Return what a worker is importing right now and for how many seconds; "" if nothing."""
    path = run_dir / _BOOT / str(pid)
    try:
        module_id, since = path.read_text().strip(), path.stat().st_mtime
    except OSError:
        return "", 0.0
    return (module_id, time.time() - since) if module_id else ("", 0.0)


def clear_marker(run_dir: Path, pid: int, *, fsops: FsOps | None = None) -> None:
    """Remove what a dead worker left."""
    operations = fsops or FsOps()
    if (run_dir / _BOOT).is_dir():
        with operations.directory(run_dir, _BOOT) as dir_fd:
            operations.unlink(str(pid), dir_fd)
