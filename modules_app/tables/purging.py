"""Deleting columns and tables that nobody declares any more, when a person asks for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from modules_app.domain.leftovers import LeftOver
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.tables.forgetting import forget_in_models
from modules_app.tables.names import quote
from modules_app.tables.schema import read_layout, table_names


def purge_from(connection: sqlite3.Connection, wanted: Mapping[str, Sequence[str]]) -> None:
    """Delete columns by table, or the whole table where none are named; what is gone is gone.

    Everything or nothing is done. The connection must not be in a transaction; foreign keys are off
    in it afterwards. Raises ``ModuleError`` "purge-failed" when something else in the database
    still needs one of them.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = 0")
    connection.execute("BEGIN IMMEDIATE")
    table = ""
    try:
        for table, columns in wanted.items():
            _purge(connection, table, columns)
        forget_in_models(connection, wanted)
        _refuse_broken_views(connection, table)
    except (sqlite3.Error, ModuleError) as error:
        connection.execute("ROLLBACK")
        raise error if isinstance(error, ModuleError) else _failure(table, str(error)) from error
    connection.execute("COMMIT")


def existing(connection: sqlite3.Connection, wanted: Mapping[str, Sequence[str]]) -> LeftOver:
    """Return the part of it that is there, under the names that it has there."""
    found: LeftOver = {}
    for table, columns in wanted.items():
        layout = read_layout(connection, table)
        if layout is not None:
            asked = {column.lower() for column in columns}
            present = [one.name for one in layout.columns if one.name.lower() in asked]
            if present or not columns:
                found[layout.name] = present
    return found


def _purge(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
    layout = read_layout(connection, table)
    if layout is None:
        return
    if not columns:
        _refuse_referred(connection, layout.name)
        connection.execute(f"DROP TABLE {quote(layout.name)}")
    present = {column.name.lower(): column.name for column in layout.columns}
    gone = {column.lower() for column in columns}
    for index in layout.indexes:
        if any(column.lower() in gone for column in index.columns):
            connection.execute(f"DROP INDEX {quote(index.name)}")
    for column in columns:
        if name := present.get(column.lower()):
            connection.execute(f"ALTER TABLE {quote(layout.name)} DROP COLUMN {quote(name)}")


def _refuse_referred(connection: sqlite3.Connection, table: str) -> None:
    for name in table_names(connection):
        other = read_layout(connection, name)
        keys = other.foreign_keys if other and name != table else ()
        if any(key.table.lower() == table.lower() for key in keys):
            raise _failure(table, f"{name} refers to it")


def _refuse_broken_views(connection: sqlite3.Connection, table: str) -> None:
    views = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall()
    for (view,) in views:
        try:
            connection.execute(f"SELECT * FROM {quote(view)} LIMIT 0")
        except sqlite3.Error as error:
            raise _failure(table, f"{view}: {error}") from error


def _failure(table: str, reason: str) -> ModuleError:
    return ModuleError(
        "purge-failed",
        _("What is left over of the table {table} could not be deleted: {reason}."),
        context={"table": table, "reason": reason},
        hint=_("Nothing was deleted."),
    )
