"""Copies of the core database, and the way back to the last good one (reference F15).

A copy is taken every hour and before a series of operations, while everything goes on. The newest
of each kind are kept in ``backups/``. A copy that is damaged never replaces a good one.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps

log = logging.getLogger("pbxadmin.operator")

CORE = "core.sqlite3"
HOUR, OPERATION = "hour", "operation"
KEPT = {HOUR: 24, OPERATION: 12}
INTERVALS = {HOUR: timedelta(hours=1), OPERATION: timedelta(minutes=5)}
_STAMP = "%Y%m%dT%H%M%S"
_NAME = re.compile(r"core-(?P<number>[0-9]{8})-(?P<at>[0-9T]{15})-(?P<kind>[a-z]+)\.sqlite3")
_one_at_a_time = threading.Lock()
_BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy: its file, when it was taken (UTC) and why ("hour" or "operation").

    Copies are ordered by their number, because a clock may jump.
    """

    path: Path
    number: int
    at: datetime
    kind: str


def back_up(fsops: FsOps, data_dir: DataDir, kind: str) -> Path | None:
    """Copy the core database and forget the oldest copies of this kind; None if it failed.

    A failure is logged and nothing else: a full disk must not keep anybody from disabling a module.
    """
    try:
        with _one_at_a_time:
            return _back_up(fsops, data_dir, kind)
    except (sqlite3.Error, OSError, ModuleError) as error:
        log.error("the core database could not be backed up: %s", error)
        return None


def sweep_drafts(fsops: FsOps, data_dir: DataDir) -> None:
    """Remove copies that were broken off. No copy may be under way."""
    with fsops.directory(data_dir.backups) as kept_fd:
        for path in data_dir.backups.glob(".core-*"):
            fsops.unlink(path.name, kept_fd)


def list_backups(data_dir: DataDir) -> list[Backup]:
    """Return all copies, the newest first."""
    found = [
        Backup(
            path=path,
            number=int(parts["number"]),
            at=datetime.strptime(parts["at"], _STAMP).replace(tzinfo=UTC),
            kind=parts["kind"],
        )
        for path in data_dir.backups.iterdir()
        if (parts := _NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda backup: backup.number, reverse=True)


def is_due(data_dir: DataDir, kind: str) -> bool:
    """Tell whether a copy is due: after an hour, or before an operation if none is fresh.

    A series of operations shares one copy, because each costs as much as the database is large.
    A copy from a future that never came counts for nothing.
    """
    now = datetime.now(UTC)
    ages = [now - one.at for one in list_backups(data_dir) if kind in (OPERATION, one.kind)]
    return not any(timedelta() <= age < INTERVALS[kind] for age in ages)


def newest_good(data_dir: DataDir) -> Backup | None:
    """Return the newest copy that SQLite finds whole, None if there is none."""
    return next((one for one in list_backups(data_dir) if find_damage(one.path) == ""), None)


def find_damage(path: Path) -> str:
    """Return what is wrong with a core database, "" if nothing is. Nothing is written."""
    if not path.exists() or path.stat().st_size == 0:
        return "it is missing or empty"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            connection.execute("SELECT count(*) FROM modules_app_operation").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if verdict == "ok" else verdict


def restore(fsops: FsOps, data_dir: DataDir, backup: Backup) -> Path:
    """Put a copy in the place of the core database, durably; return where the old one lies now.

    Nobody may use the database meanwhile. Raises ``ModuleError`` for a damaged copy.
    """
    if damage := find_damage(backup.path):
        raise ModuleError(
            "backup-damaged",
            _("The backup {name} is damaged: {cause}."),
            context={"name": backup.path.name, "cause": damage},
            hint=_("Choose another one."),
        )
    aside = f"replaced-{_now()}-{secrets.token_hex(3)}"
    with fsops.directory(data_dir.root) as root_fd, fsops.directory(data_dir.backups) as kept_fd:
        fsops.make_dir(aside, kept_fd, mode=0o700)
        with fsops.directory(data_dir.backups, aside) as aside_fd:
            for name in (CORE + suffix for suffix in _BESIDE):
                if (data_dir.root / name).exists():
                    fsops.link(name, root_fd, name, aside_fd)
            fsops.sync_dir(aside_fd)
        fsops.sync_dir(kept_fd)
        for suffix in _BESIDE[1:]:
            fsops.unlink(CORE + suffix, root_fd)
        fsops.sync_dir(root_fd)
        fsops.write_file_atomically(root_fd, CORE, backup.path.read_bytes(), mode=0o640)
    return data_dir.backups / aside


def _back_up(fsops: FsOps, data_dir: DataDir, kind: str) -> Path:
    number = max((one.number for one in list_backups(data_dir)), default=0) + 1
    name = f"core-{number:08d}-{_now()}-{kind}.sqlite3"
    draft = data_dir.backups / f".{name}.tmp"
    with fsops.directory(data_dir.backups) as kept_fd:
        try:
            _copy(data_dir.root / CORE, draft)
            if damage := find_damage(draft):
                raise sqlite3.DatabaseError(damage)
            if kind == HOUR:
                _make_durable(fsops, draft.name, kept_fd)
            fsops.rename(draft.name, name, kept_fd)
        except BaseException:
            fsops.unlink(draft.name, kept_fd)
            raise
        for old in [one for one in list_backups(data_dir) if one.kind == kind][KEPT[kind] :]:
            fsops.unlink(old.path.name, kept_fd)
        if kind == HOUR:
            fsops.sync_dir(kept_fd)
    return data_dir.backups / name


def _copy(source: Path, target: Path) -> None:
    """Copy page by page while others read and write; as one file, without a log beside it."""
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as living,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        copy.execute("PRAGMA synchronous=OFF")
        living.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    target.chmod(0o600)


def _make_durable(fsops: FsOps, name: str, dir_fd: int) -> None:
    fd = fsops.open_file(name, dir_fd)
    try:
        fsops.sync_file(fd)
    finally:
        os.close(fd)


def _now() -> str:
    return datetime.now(UTC).strftime(_STAMP)
