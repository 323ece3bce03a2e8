"""What a SQLite file holds now, read through its own pragmas."""

from __future__ import annotations

import re
import sqlite3
from itertools import groupby

from modules_app.domain.tables import ForeignKeySpec
from modules_app.tables.layout import Column, Index, Layout
from modules_app.tables.names import quote

_BEYOND = {"CHECK", "COLLATE", "GENERATED", "WITHOUT", "STRICT", "CONFLICT", "DEFERRABLE", "MATCH"}
_ORDINARY = {("c", 0), ("pk", 0)}
_LITERAL = re.compile(r"'([^']|'')*'|[+-]?[0-9.]+|[A-Za-z_]+")
"""A default that may be written as it was read: a text, a number or a word."""


def table_names(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of all ordinary tables, SQLite's own left out."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return tuple(row[0] for row in rows)


def read_layout(connection: sqlite3.Connection, table: str) -> Layout | None:
    """Return the table's present layout, whatever the case of its name, or None.

    Only indexes made by ``CREATE INDEX`` are listed: those of constraints belong to the table.
    """
    row = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE",
        (table,),
    ).fetchone()
    if row is None:
        return None
    name, sql = row
    columns = tuple(
        Column(column, kind or "", bool(required), default, key)
        for _cid, column, kind, required, default, key in connection.execute(
            f"PRAGMA table_info({quote(name)})"
        )
    )
    foreign = _read_foreign_keys(connection, name)
    return Layout(name, columns, _read_indexes(connection, name), has_counter(sql), foreign)


def has_rows(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether the table holds at least one row."""
    return connection.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1").fetchone() is not None


def has_null(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Tell whether a row of the table has no value in the column."""
    found = connection.execute(
        f"SELECT 1 FROM {quote(table)} WHERE {quote(column)} IS NULL LIMIT 1"
    )
    return found.fetchone() is not None


def has_value(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Tell whether a row of the table has something in the column; the empty text is nothing."""
    name = quote(column)
    found = connection.execute(
        f"SELECT 1 FROM {quote(table)} WHERE {name} IS NOT NULL AND {name} <> '' LIMIT 1"
    )
    return found.fetchone() is not None


def is_plain(connection: sqlite3.Connection, layout: Layout) -> bool:
    """Tell whether a layout is all that there is to a table, so that it may be made anew from it.

    False for checks, collations, computed columns, unique constraints, triggers and the like, which
    code of a module may have made.
    """
    [sql] = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (layout.name,)
    ).fetchone()
    triggers = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
        (layout.name,),
    ).fetchone()
    origins = {
        (origin, partial)
        for _seq, _name, _unique, origin, partial in connection.execute(
            f"PRAGMA index_list({quote(layout.name)})"
        )
    }
    whole = all(all(index.columns) for index in layout.indexes)
    defaults = all(
        column.default is None or _LITERAL.fullmatch(column.default) for column in layout.columns
    )
    words = set(_bare_words(sql).upper().split())
    return not (words & _BEYOND or triggers or origins - _ORDINARY) and whole and defaults


def has_counter(sql: str) -> bool:
    """Tell whether ``CREATE TABLE`` text says AUTOINCREMENT outside of names and strings."""
    return "AUTOINCREMENT" in _bare_words(sql).upper().split()


def _read_indexes(connection: sqlite3.Connection, table: str) -> tuple[Index, ...]:
    listed = connection.execute(f"PRAGMA index_list({quote(table)})").fetchall()
    indexes = []
    for _seq, name, unique, origin, _partial in listed:
        if origin == "c":
            info = connection.execute(f"PRAGMA index_info({quote(name)})").fetchall()
            columns = tuple(column or "" for _seqno, _cid, column in info)
            indexes.append(Index(name, columns, bool(unique)))
    return tuple(sorted(indexes, key=lambda index: index.name))


def _read_foreign_keys(connection: sqlite3.Connection, table: str) -> tuple[ForeignKeySpec, ...]:
    listed = connection.execute(f"PRAGMA foreign_key_list({quote(table)})").fetchall()
    keys = []
    for _number, found in groupby(sorted(listed), key=lambda row: row[0]):
        rows = list(found)
        _id, _seq, target, _own, _there, on_update, on_delete, _match = rows[0]
        columns, references = (tuple(row[i] or "" for row in rows) for i in (3, 4))
        keys.append(ForeignKeySpec(columns, target, references, on_update, on_delete))
    return tuple(keys)


def _bare_words(sql: str) -> str:
    ends = {"'": "'", '"': '"', "`": "`", "[": "]"}
    kept: list[str] = []
    closing = ""
    for char in sql:
        if closing:
            closing = "" if char == closing else closing
        elif char in ends:
            closing = ends[char]
            kept.append(" ")
        else:
            kept.append(char if char.isalnum() or char == "_" else " ")
    return "".join(kept)
