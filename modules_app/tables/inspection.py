"""Looking into the databases of modules from outside: are they sound, and how do two differ?

A database that a module wrote is hostile input (reference M18), so it is opened read-only in a
process of its own, which may crash or be stopped without harm: ``python -m
modules_app.tables.inspection`` with one JSON order on standard input and one JSON answer on
standard output.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from modules_app.exceptions import gettext_noop as _

_PROJECT = Path(__file__).resolve().parents[2]
_SECONDS_PER_FILE = 60.0
_COMPARE_SECONDS = 20.0
MISSING = _("The file is missing.")
SILENT = _("The check of the data file did not come to an end.")


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows of one table are only in the newer file, and how many only in the older."""

    table: str
    newer: int
    older: int


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows a table has ("" as column), or how many have something in a column."""

    table: str
    column: str
    rows: int


def check_databases(paths: Iterable[Path]) -> dict[Path, str]:
    """Return what is wrong with each of these files, "" where nothing is. Writes nothing."""
    files = list(paths)
    if not files:
        return {}
    answer = _ask({"check": [str(path) for path in files]}, seconds=_SECONDS_PER_FILE * len(files))
    if answer is None and len(files) > 1:
        return {path: check_databases([path])[path] for path in files}
    return {path: (answer or {}).get(str(path), SILENT) for path in files}


def compare_databases(newer: Path, older: Path) -> list[Difference] | None:
    """Return the tables whose rows differ; None when that could not be found out in time.

    Only columns that both have are compared.
    """
    answer = _ask({"compare": [str(newer), str(older)]}, seconds=_COMPARE_SECONDS)
    if answer is None or "tables" not in answer:
        return None
    return [Difference(*row) for row in answer["tables"]]


def count_values(path: Path, wanted: Mapping[str, Iterable[str]]) -> list[Filled] | None:
    """Return how much there is in some columns; None when that could not be found out in time.

    A table without columns stands for all its rows. What does not exist is left out.
    """
    tables = {table: list(columns) for table, columns in wanted.items()}
    answer = _ask({"count": str(path), "of": tables}, seconds=_COMPARE_SECONDS)
    return None if answer is None else [Filled(*row) for row in answer["filled"]]


def _ask(order: dict[str, Any], *, seconds: float) -> dict[str, Any] | None:
    command = [sys.executable, "-B", "-m", "modules_app.tables.inspection"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=_PROJECT,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None
    return answer


def _main() -> None:
    order = json.load(sys.stdin)
    if "check" in order:
        answer: dict[str, Any] = {path: _check(Path(path)) for path in order["check"]}
    elif "count" in order:
        answer = {"filled": _filled(Path(order["count"]), order["of"])}
    else:
        answer = _compare(*(Path(path) for path in order["compare"]))
    json.dump(answer, sys.stdout)


def _check(path: Path) -> str:
    if not path.is_file():
        return MISSING
    try:
        with closing(_open(path)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.OperationalError as error:
        return "" if "locked" in str(error) else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)[:500]


def _filled(path: Path, wanted: dict[str, list[str]]) -> list[tuple[str, str, int]]:
    found = []
    with closing(_open(path)) as connection:
        for table, columns in wanted.items():
            known = _columns(connection, "main", table)
            query = f"SELECT 1 FROM main.{_quoted(table)}"
            if known and not columns:
                found.append((table, "", _count(connection, query)))
            for column in columns:
                if column in known:
                    name = _quoted(column)
                    having = f"{query} WHERE {name} IS NOT NULL AND {name} <> ''"
                    found.append((table, column, _count(connection, having)))
    return found


def _compare(newer: Path, older: Path) -> dict[str, Any]:
    with closing(_open(newer)) as connection:
        connection.execute("ATTACH DATABASE ? AS older", (_uri(older),))
        known = {name for (name,) in connection.execute(_TABLES.format(schema="older"))}
        tables = [name for (name,) in connection.execute(_TABLES.format(schema="main"))]
        rows = [_difference(connection, name, name in known) for name in tables]
    return {"tables": [row for row in rows if row[1] or row[2]]}


_TABLES = (
    "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)


def _difference(connection: sqlite3.Connection, table: str, known: bool) -> tuple[str, int, int]:
    name = _quoted(table)
    if not known:
        return table, _count(connection, f"SELECT * FROM main.{name}"), 0
    both = _columns(connection, "main", table) & _columns(connection, "older", table)
    columns = ", ".join(_quoted(column) for column in sorted(both)) or "1"
    newer = f"SELECT {columns} FROM main.{name}"
    older = f"SELECT {columns} FROM older.{name}"
    return (
        table,
        _count(connection, f"{newer} EXCEPT {older}"),
        _count(connection, f"{older} EXCEPT {newer}"),
    )


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    found = connection.execute(f"PRAGMA {schema}.table_info({_quoted(table)})")
    return {str(row[1]) for row in found}


def _count(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM ({query})").fetchone()[0])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(_uri(path), uri=True, timeout=5)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _uri(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro"


if __name__ == "__main__":
    _main()
