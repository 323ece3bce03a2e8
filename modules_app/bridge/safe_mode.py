"""The file ``PBX_DATA_DIR/safe-mode``: while it is there, the host imports no module (R4.8, U2.3).

Any file counts, also an empty one that somebody made by hand. What web, command line and host
write into it says who, when and why, and what is being tried at the moment.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from modules_app.domain.halves import Search, answer
from modules_app.packages.fsops import FsOps

SAFE_MODE_FILE = "safe-mode"
_LOCK = "safe-mode.lock"
_LARGEST = 256 * 1024


class Why(StrEnum):
    """Who or what switched safe mode on."""

    PERSON = "person"
    FILE = "file"
    BAD_STARTS = "bad-starts"


@dataclass(frozen=True, slots=True)
class Trial:
    """Modules that run although safe mode is on; ``leave`` ends safe mode if they do well."""

    modules: tuple[str, ...]
    leave: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the last trial ended: which modules ran, whether the fault was there, what was seen."""

    modules: tuple[str, ...]
    fault: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class SafeMode:
    """Safe mode as it is now; ``since`` is ISO 8601, ``suspect`` a module's id or "".

    ``reason`` is what a person gave as the reason; ``bad_starts`` how many starts went wrong.
    """

    why: Why = Why.FILE
    actor: str = ""
    since: str = ""
    reason: str = ""
    suspect: str = ""
    bad_starts: int = 0
    trial: Trial | None = None
    search: Search | None = None
    verdict: Verdict | None = None

    @property
    def running(self) -> tuple[str, ...]:
        """Return the modules that are imported all the same."""
        if self.search is not None and not self.search.ended:
            return self.search.trying
        return self.trial.modules if self.trial is not None else ()

    @property
    def at(self) -> datetime | None:
        """Return since when, None if that is unknown."""
        try:
            return datetime.fromisoformat(self.since)
        except ValueError:
            return None


def now_text() -> str:
    """Return the present time as it is written into the file."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class SafeModeFile:
    """Reads and writes the file below the data folder ``root``."""

    def __init__(self, root: Path, *, fsops: FsOps | None = None) -> None:
        self._root = root
        self._fsops = fsops or FsOps()

    def read(self) -> SafeMode | None:
        """Return safe mode, None while it is off."""
        path = self._root / SAFE_MODE_FILE
        try:
            status = path.lstat()
        except FileNotFoundError:
            return None
        except OSError:
            return SafeMode()
        if stat.S_ISDIR(status.st_mode):
            return None
        try:
            with path.open("rb") as file:
                found = json.loads(file.read(_LARGEST))
            return _from_dict(found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            since = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(timespec="seconds")
            return SafeMode(since=since)

    def turn_on(self, safe_mode: SafeMode) -> bool:
        """Switch safe mode on; False, and nothing changes, if it was on already."""
        with self._locked():
            if self.read() is not None:
                return False
            self._write(safe_mode)
        return True

    def change(self, how: Callable[[SafeMode], SafeMode | None]) -> SafeMode | None:
        """Replace what the file says by what ``how`` makes of it; None switches safe mode off.

        Nothing happens while it is off. Returns how it is now.
        """
        with self._locked():
            before = self.read()
            if before is None:
                return None
            after = how(before)
            if after is None:
                self._remove()
            elif after != before:
                self._write(after)
            return after

    def turn_off(self) -> SafeMode | None:
        """Switch safe mode off; return what it was, None if it was off."""
        with self._locked():
            before = self.read()
            if before is not None:
                self._remove()
            return before

    def _remove(self) -> None:
        with self._fsops.directory(self._root) as dir_fd:
            self._fsops.unlink(SAFE_MODE_FILE, dir_fd)
            self._fsops.sync_dir(dir_fd)

    def _write(self, safe_mode: SafeMode) -> None:
        data = json.dumps(asdict(safe_mode), ensure_ascii=False, indent=1).encode()
        self._fsops.write_file_atomically(self._root, SAFE_MODE_FILE, data)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._fsops.directory(self._root, "run") as dir_fd:
            fd = self._fsops.open_lock(_LOCK, dir_fd)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def judged(safe_mode: SafeMode, verdict: Verdict) -> SafeMode | None:
    """Return safe mode after ``verdict`` on what runs now; None when that ends it.

    A verdict on other modules than those that run comes too late and changes nothing.
    """
    ran = safe_mode.running
    if not ran or set(ran) != set(verdict.modules):
        return safe_mode
    if safe_mode.search is not None and not safe_mode.search.ended:
        search = answer(safe_mode.search, fault=verdict.fault)
        suspect = search.culprit or safe_mode.suspect
        return replace(safe_mode, search=search, suspect=suspect, verdict=verdict)
    if verdict.fault:
        suspect = ran[0] if len(ran) == 1 else safe_mode.suspect
        return replace(safe_mode, trial=None, verdict=verdict, suspect=suspect)
    if safe_mode.trial is not None and safe_mode.trial.leave:
        return None
    return replace(safe_mode, verdict=verdict)


def _from_dict(found: dict[str, Any]) -> SafeMode:
    trial, search, verdict = found.get("trial"), found.get("search"), found.get("verdict")
    return SafeMode(
        why=Why(found["why"]),
        actor=str(found["actor"]),
        since=str(found["since"]),
        reason=str(found.get("reason", "")),
        suspect=str(found.get("suspect", "")),
        bad_starts=int(found.get("bad_starts", 0)),
        trial=Trial(**_tuples(trial)) if trial else None,
        search=Search(**_tuples(search)) if search else None,
        verdict=Verdict(**_tuples(verdict)) if verdict else None,
    )


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(map(str, one)) if isinstance(one, list) else one for name, one in found.items()
    }
