"""Synchronise declared tables with a SQLite file: plan first, then one transaction per table."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from modules_app.domain.renames import Rename
from modules_app.domain.tables import TableSpec
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.tables.changes import change_of
from modules_app.tables.layout import layouts_of
from modules_app.tables.names import quote
from modules_app.tables.plan import TableAction, TableChange, TablePlan
from modules_app.tables.schema import read_layout, table_names


def plan_tables(
    connection: sqlite3.Connection, specs: Iterable[TableSpec], renames: Collection[Rename] = ()
) -> TablePlan:
    """Return what brings the database to the declared tables; nothing is written.

    Columns and tables that the declaration lost are kept and named in the plan (design: removals
    become "kept"); a column that ``renames`` names keeps its values under its new name. Raises
    ``Refused`` for a declaration that no database can hold, and ``ModuleError``
    "table-needs-default" when a new column needs a value that existing rows lack (reference M5.3).
    """
    layouts = layouts_of(specs)
    changes = tuple(
        change_of(connection, layout, read_layout(connection, layout.name), renames)
        for layout in layouts
    )
    declared = {layout.name.lower() for layout in layouts}
    kept = tuple(name for name in table_names(connection) if name.lower() not in declared)
    return TablePlan(changes, kept)


def apply_tables(connection: sqlite3.Connection, plan: TablePlan) -> None:
    """Carry a plan out on the database it was made for.

    Each table is changed wholly or not at all; tables before a failing one stay changed, so a
    caller who wants all or nothing works on a copy. Must not be called inside a transaction
    (``ValueError``). Raises ``ModuleError`` "table-rows-conflict" when existing rows break a new
    key, "table-failed" when SQLite refuses otherwise; that table is then as it was.
    """
    if connection.in_transaction:
        raise ValueError("apply_tables needs a connection without an open transaction")
    with schema_mode(connection):
        for change in plan.changes:
            if change.action is not TableAction.NOTHING:
                _apply_one(connection, change)
        for change in plan.changes:
            if change.foreign_keys:
                _check_promises(connection, change.table)


def _check_promises(connection: sqlite3.Connection, table: str) -> None:
    found = connection.execute(f"PRAGMA foreign_key_check({quote(table)})").fetchmany(1)
    for _table, _row, target, _key in found:
        raise ModuleError(
            "table-rows-orphaned",
            _("Rows of table {table} refer to rows of {target} that do not exist."),
            context={"table": table, "target": target},
            hint=_("Correct the rows or ask the author."),
        )


def _apply_one(connection: sqlite3.Connection, change: TableChange) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in change.statements:
            connection.execute(statement)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise _failure(change, error) from error


def _failure(change: TableChange, error: sqlite3.Error) -> ModuleError:
    context = {"table": change.table, "reason": str(error)}
    if isinstance(error, sqlite3.IntegrityError):
        return ModuleError(
            "table-rows-conflict",
            _("The rows of table {table} do not fit its new form: {reason}."),
            context=context,
            hint=_("Nothing of this table was changed. Correct the rows or ask the author."),
        )
    return ModuleError(
        "table-failed",
        _("The table {table} could not be brought to its declared form: {reason}."),
        context=context,
        hint=_("Nothing of this table was changed."),
    )


@contextmanager
def schema_mode(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the settings that SQLite asks for while a table is rebuilt, then put them back."""
    isolation = connection.isolation_level
    connection.isolation_level = None
    wanted = {"foreign_keys": 0, "legacy_alter_table": 1, "temp_store": 1}
    before = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted
    }
    try:
        for name, value in wanted.items():
            connection.execute(f"PRAGMA {name} = {value}")
        yield
    finally:
        for name, value in before.items():
            connection.execute(f"PRAGMA {name} = {int(value)}")
        connection.isolation_level = isolation
