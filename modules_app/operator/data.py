"""The modules' own databases: new epochs, copies, the fence (reference R4.4 U6).

What is written here is not synced file by file: an operation syncs everything at once before the
commit that mentions it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from modules_app.domain.leftovers import LeftOver
from modules_app.domain.renames import Rename
from modules_app.domain.tables import TableSpec
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.sqlscript import applying
from modules_app.sqlscript.statements import Script
from modules_app.tables.inspection import check_databases
from modules_app.tables.plan import TablePlan
from modules_app.tables.purging import existing as existing_in
from modules_app.tables.purging import purge_from
from modules_app.tables.sqlite import apply_tables, plan_tables


def database_path(data_dir: DataDir, module_id: str, epoch: str) -> Path:
    """Return where the database of one epoch lies."""
    return data_dir.epoch(module_id, epoch) / "module.db"


def create_epoch(fsops: FsOps, data_dir: DataDir, module_id: str, epoch: str) -> Path:
    """Make the folder of a new epoch with an empty database and return the database's path."""
    with fsops.directory(data_dir.data) as data_fd:
        fsops.ensure_dir(module_id, data_fd, mode=0o750)
    with fsops.directory(data_dir.data, module_id) as module_fd:
        fsops.make_dir(epoch, module_fd, mode=0o750)
    path = database_path(data_dir, module_id, epoch)
    with closing(_new_data(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def copy_database(source: Path, target: Path) -> None:
    """Copy a living database. Raises ``ModuleError`` when the source is damaged or missing."""
    if not source.exists():
        raise ModuleError(
            "data-missing",
            _("The data file of this module is missing."),
            context={"file": source.name},
            hint=_("Put it back from a backup, or remove the module and install it again."),
        )
    try:
        with closing(_open(source)) as old, closing(_new_data(target)) as new:
            old.backup(new)
            _refuse_damaged(new)
    except sqlite3.DatabaseError as error:
        raise _damaged(error) from error


def refuse_damaged_file(path: Path) -> None:
    """Raise ``ModuleError`` when the database is missing or damaged."""
    cause = check_databases([path])[path]
    if cause:
        raise _damaged(cause)


def settle(path: Path) -> None:
    """Check a database and fold its log into it, so that one file holds everything."""
    try:
        with closing(_new_data(path)) as connection:
            _refuse_damaged(connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as error:
        raise _damaged(error) from error


def apply_declared(
    path: Path, specs: Iterable[TableSpec], renames: Collection[Rename] = ()
) -> TablePlan:
    """Bring the declared tables into the database and return what was done."""
    with closing(_new_data(path)) as connection:
        plan = plan_tables(connection, specs, renames)
        apply_tables(connection, plan)
    return plan


def apply_script(
    path: Path, script: Script, declared: Collection[TableSpec], fresh: Collection[str]
) -> applying.Applied:
    """Run a script on the database; ``fresh`` are the declared tables that are new in it."""
    with closing(_new_data(path)) as connection:
        return applying.apply_script(connection, script, declared=declared, fresh=fresh)


def purge(path: Path, wanted: Mapping[str, Sequence[str]]) -> None:
    """Delete columns, or whole tables where no columns are named. Raises ``ModuleError``."""
    with closing(_new_data(path)) as connection:
        purge_from(connection, wanted)


def existing(path: Path, wanted: LeftOver) -> LeftOver:
    """Return the part of what is called left over that the database really holds."""
    with closing(_open(path)) as connection:
        return existing_in(connection, wanted)


class Fence:
    """Holds the write lock of a database, so that nothing is written that the copy would miss."""

    def __init__(self, path: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        if path.exists():
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                self._connection.close()
                raise ModuleError(
                    "data-locked",
                    _("The module's data is in use and could not be held still: {error}."),
                    context={"error": str(error)},
                    hint=_("Try again in a moment, or disable the module first."),
                ) from error
            except sqlite3.DatabaseError as error:
                self._connection.close()
                raise _damaged(error) from error

    def release(self) -> None:
        """Let others write again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _new_data(path: Path) -> sqlite3.Connection:
    connection = _distrustful(sqlite3.connect(path, isolation_level=None))
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    return _distrustful(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True))


def _distrustful(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Let a schema that a stranger wrote use nothing that is not harmless (R2.3).

    A module writes its own database, and an export may come from anywhere.
    """
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    if hasattr(connection, "setconfig"):  # Python 3.12
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    return connection


def _refuse_damaged(connection: sqlite3.Connection) -> None:
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict is None or verdict[0] != "ok":
        raise sqlite3.DatabaseError(str(verdict))


def _damaged(error: Exception | str) -> ModuleError:
    return ModuleError(
        "data-damaged",
        _("The data file of this module is damaged: {error}."),
        context={"error": str(error)},
        hint=_("Put it back from a backup, or remove the module and install it again."),
    )
