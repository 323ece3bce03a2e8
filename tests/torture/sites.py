"""One installation on disk, read with nothing but sqlite3 and hashlib."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Site:
    """The installation below ``root``. No product code is used, so it can contradict it."""

    root: Path

    @property
    def core(self) -> Path:
        return self.root / "core.sqlite3"

    def copy(self, target: Path) -> Site:
        """Return a copy; nobody may run on it meanwhile."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.root, target, symlinks=True, ignore=_sockets)
        return Site(target)

    def rows(self, table: str, where: str = "1", *values: Any) -> list[dict[str, Any]]:
        """Return rows of the core database as dicts."""
        with closing(sqlite3.connect(self.core, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            query = f"SELECT * FROM modules_app_{table} WHERE {where} ORDER BY 1"
            return [dict(row) for row in connection.execute(query, values)]

    def database(self, module_id: str, epoch: str) -> Path:
        return self.root / "data" / module_id / epoch / "module.db"

    def live_database(self, module_id: str) -> Path:
        """Return the database that the row of the module names."""
        (row,) = self.rows("module", "id = ?", module_id)
        return self.database(module_id, row["epoch"])

    def write_rows(self, module_id: str, numbers: list[str]) -> None:
        """Write rows as users of the module do; they are acknowledged when this returns."""
        with closing(sqlite3.connect(self.live_database(module_id))) as connection, connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.executemany(
                "INSERT INTO m_Numbers (number) VALUES (?)", [(number,) for number in numbers]
            )

    def names(self) -> list[str]:
        """Return every path below the folders whose names rows must mention."""
        return sorted(
            str(path.relative_to(self.root))
            for folder in ("store", "data", "packages", "uploads", "etc")
            for path in (self.root / folder).rglob("*")
            if not path.name.endswith(("-wal", "-shm"))
        )

    def size(self) -> int:
        """Return the bytes of everything below the root."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if stat.S_ISSOCK((Path(folder) / name).lstat().st_mode)]


def state_of(site: Site) -> dict[str, Any]:
    """Return what a person owns in an installation, recomputed from the bytes on disk.

    Names of generations and epochs are left out: they differ from run to run.
    """
    return {
        "modules": {row["id"]: _module(site, row) for row in site.rows("module")},
        "kept": {row["module_id"]: _kept(site, row) for row in site.rows("keptdata")},
        "settings": {row["key"]: row["value"] for row in site.rows("pbxsetting")},
        "packages": sorted(row["sha256"] for row in site.rows("storedpackage")),
    }


def _module(site: Site, row: dict[str, Any]) -> dict[str, Any]:
    own = site.root / "etc" / "modules" / row["id"]
    menu = site.rows("menuitem", "module_id = ?", row["id"])
    return {
        "version": row["version"],
        "wanted": row["wanted"],
        "phase": row["phase"],
        "fault": row["fault"],
        "code": tree_digest(site.root / "store" / row["id"] / row["generation"] / "code"),
        "data": data_digest(site.database(row["id"], row["epoch"])),
        "menu": [{k: v for k, v in item.items() if k != "id"} for item in menu],
        "settings": row["own_settings"],
        "placed": {path.name: path.read_text() for path in sorted(own.glob("*"))},
        "previous": json.loads(row.get("previous") or "{}").get("version", ""),
    }


def _kept(site: Site, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": row["version"],
        "settings": row["own_settings"],
        "data": data_digest(site.database(row["module_id"], row["epoch"])),
    }


def tree_digest(folder: Path) -> str:
    """Return the digest of names, contents and the right to run of all files below ``folder``."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            runs = bool(path.stat().st_mode & 0o100)
            digest.update(f"{path.relative_to(folder)}\0{content}\0{runs}\n".encode())
        elif not path.is_dir():
            digest.update(f"{path.relative_to(folder)}\0neither file nor folder\n".encode())
    return digest.hexdigest() if folder.is_dir() else "missing"


def data_digest(path: Path) -> str:
    """Return the digest of all rows of a module's own tables, or why they cannot be read."""
    if not path.exists():
        return "missing"
    digest = hashlib.sha256()
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                return f"damaged: {verdict}"
            for line in _dump(connection):
                digest.update(line.encode() + b"\n")
    except sqlite3.DatabaseError as error:
        return f"damaged: {error}"
    return digest.hexdigest()


def _dump(connection: sqlite3.Connection) -> Iterator[str]:
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'm\\_%' ESCAPE '\\'"
        " ORDER BY name"
    ).fetchall()
    for name, sql in tables:
        yield sql
        for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY 1'):
            yield json.dumps(row, default=str)
