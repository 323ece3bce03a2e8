"""How hooks ran that the host calls by itself: ``run/hook-faults/<digest>.json``.

Those are hooks between modules and around requests. The host cannot write core rows. It leaves the
last result of each hook, and the operator notes it with the module that is to blame.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from modules_app.bridge.files import read_small_file, remove_whatever
from modules_app.domain.ids import is_module_id
from modules_app.packages.fsops import FsOps

FOLDER = "hook-faults"
MOST_WAITING = 50
"""So many failures of all modules wait at most; what comes beyond that is only in the log."""

_CHARACTERS = 8000
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class HookFault:
    """How one hook ran last; ``traceback`` ends with what was raised, "" when it went well."""

    module: str
    hook: str
    traceback: str
    seconds: float


def leave_fault(data_dir: Path, fault: HookFault) -> None:
    """Leave a failure for the operator; a later one of the same hook takes its place.

    Raises `OSError` when the disk does not take it.
    """
    fsops = FsOps()
    with fsops.directory(data_dir, "run") as dir_fd:
        fsops.ensure_dir(FOLDER, dir_fd, mode=0o700)
    digest = hashlib.sha256(f"{fault.module}\n{fault.hook}".encode()).hexdigest()[:16]
    name = f"{digest}.json"
    waiting = _names(data_dir)
    if name not in waiting and len(waiting) >= MOST_WAITING:
        return
    values = {**asdict(fault), "traceback": fault.traceback[-_CHARACTERS:]}
    fsops.write_file_atomically(data_dir / "run" / FOLDER, name, json.dumps(values).encode())


def take_faults(data_dir: Path) -> list[HookFault]:
    """Return the failures that wait, and remove them; unreadable ones are removed only."""
    names = _names(data_dir)
    if not names:
        return []
    found = [_read(data_dir / "run" / FOLDER / name) for name in names]
    fsops = FsOps()
    with fsops.directory(data_dir, "run", FOLDER) as dir_fd:
        for name in names:
            remove_whatever(name, dir_fd, fsops)
    return [fault for fault in found if fault is not None]


def _names(data_dir: Path) -> list[str]:
    try:
        names = sorted(path.name for path in (data_dir / "run" / FOLDER).iterdir())
    except FileNotFoundError:
        return []
    return [name for name in names if name.endswith(".json") and not name.startswith(".")]


def _read(path: Path) -> HookFault | None:
    try:
        found = json.loads(read_small_file(path, _LARGEST))
        fault = HookFault(
            str(found["module"]),
            str(found["hook"]),
            str(found["traceback"]),
            float(found["seconds"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return fault if is_module_id(fault.module) else None
