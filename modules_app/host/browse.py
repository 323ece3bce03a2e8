"""Reading a module's tables as they are, for pages of modules whose code cannot run here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_path

from modules_app.sdk.sync import HIDDEN_TABLES
from modules_app.tables.names import quote
from modules_app.tables.schema import table_names

PAGE_ROWS = 50
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class TableSummary:
    """A table and how many rows it has."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of a table; ``number`` counts from 1 to ``pages``."""

    name: str
    columns: list[str]
    rows: list[list[str]]
    number: int
    pages: int
    total: int


def list_tables(database: Path | str) -> list[TableSummary]:
    """Return the module's tables; none when it has no database."""
    with _reading(database) as connection:
        if connection is None:
            return []
        names = [name for name in table_names(connection) if name not in HIDDEN_TABLES]
        return [TableSummary(name, _count(connection, name)) for name in names]


def read_page(database: Path | str, table: str, number: int) -> TablePage | None:
    """Return one page of rows as short texts, None when there is no such table."""
    with _reading(database) as connection:
        if connection is None or table not in {*table_names(connection)} - HIDDEN_TABLES:
            return None
        total = _count(connection, table)
        pages = max(1, -(-total // PAGE_ROWS))
        number = min(max(number, 1), pages)
        cursor = connection.execute(
            f"SELECT * FROM {quote(table)} LIMIT ? OFFSET ?",  # noqa: S608 - the name is quoted
            (PAGE_ROWS, (number - 1) * PAGE_ROWS),
        )
        columns = [column[0] for column in cursor.description]
        rows = [[_text(value) for value in row] for row in cursor]
        return TablePage(table, columns, rows, number, pages, total)


@contextmanager
def _reading(database: Path | str) -> Iterator[sqlite3.Connection | None]:
    if not Path(database).is_file():
        yield None
        return
    address = f"file:{quote_path(str(database))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        yield connection


def _count(connection: sqlite3.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()  # noqa: S608
    return int(row[0])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"{len(value)} B"
    text = str(value)
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
