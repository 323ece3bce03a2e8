"""Every ``<database>`` of real modules is created, and every step between versions keeps rows."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from functools import cache, cmp_to_key
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from modules_app.domain.manifest import Manifest
from modules_app.domain.renames import find_renames
from modules_app.domain.tables import ColumnSpec, ColumnType, TableSpec
from modules_app.domain.versions import php_version_compare
from modules_app.manifests.reader import read_manifest
from modules_app.tables.names import quote
from modules_app.tables.plan import TablePlan
from modules_app.tables.sqlite import apply_tables, plan_tables

ROWS = 3
_VALUES = {
    ColumnType.BOOLEAN: lambda n: n % 2,
    ColumnType.DATETIME: lambda n: f"2026-01-0{n} 12:00:00",
    ColumnType.FLOAT: lambda n: n + 0.5,
    ColumnType.DECIMAL: lambda n: n + 0.25,
    ColumnType.BLOB: lambda n: f"blob \0 {n}".encode(),
    ColumnType.STRING: lambda n: f"{n}0{n}",
    ColumnType.TEXT: lambda n: f"text “{n}”",
}


class Step(NamedTuple):
    """Two versions of one module that follow each other."""

    name: str
    before: tuple[TableSpec, ...]
    now: tuple[TableSpec, ...]


@cache
def manifests(corpus: Path) -> tuple[Manifest, ...]:
    paths = [*(corpus / "freepbx").glob("*.xml"), *(corpus / "freepbx-history").glob("*.xml")]
    readings = [read_manifest("module.xml", path.read_bytes()) for path in sorted(paths)]
    return tuple(one.manifest for one in readings if one.manifest and one.manifest.tables)


def elements(corpus: Path) -> Counter[str]:
    """Count what the files declare, read by a plain XML parser and nothing of ours."""
    count: Counter[str] = Counter()
    for folder in ("freepbx", "freepbx-history"):
        for path in (corpus / folder).glob("*.xml"):
            try:
                root = etree.fromstring(path.read_bytes())
            except etree.XMLSyntaxError:
                continue
            tables = reversed(root.findall("database/table"))  # of two equal names the first counts
            for table in {one.get("name"): one for one in tables}.values():
                fields = [one.get("name", "") for one in table.findall("field")]
                count["tables"] += 1
                count["fields"] += len({name.lower() for name in fields})
                count["keys"] += len(table.findall("key"))
    return count


def versions(corpus: Path) -> dict[str, dict[str, Manifest]]:
    """Return the known versions of each module."""
    found: dict[str, dict[str, Manifest]] = defaultdict(dict)
    for manifest in manifests(corpus):
        found[manifest.id.lower()].setdefault(manifest.version, manifest)
    return found


def steps(corpus: Path) -> list[Step]:
    """Return every upgrade from one version to the next, and the way back."""
    found = []
    for known in versions(corpus).values():
        ordered = sorted(known, key=cmp_to_key(php_version_compare))
        for old, new in zip(ordered, ordered[1:], strict=False):
            name = f"{known[new].id} {old} -> {new}"
            found.append(Step(name, known[old].tables, known[new].tables))
            found.append(Step(f"{name} and back", known[new].tables, known[old].tables))
    return found


def value_of(column: ColumnSpec, number: int) -> Any:
    """Return something that a row of this column may well hold, another one in each row."""
    return _VALUES.get(column.type, lambda n: n)(number)


def fill(db: sqlite3.Connection, tables: Iterable[TableSpec]) -> None:
    for table in tables:
        names = ", ".join(quote(column.name) for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        for number in range(1, ROWS + 1):
            values = [value_of(column, number) for column in table.columns]
            db.execute(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", values)
    db.commit()


def columns_of(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the values of every column, by ``table.column``; numbers count as their text."""
    found = {}
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        for row in db.execute(f"PRAGMA table_info({quote(table)})").fetchall():
            query = f"SELECT {quote(row[1])} FROM {quote(table)} ORDER BY rowid"
            found[f"{table}.{row[1]}"] = [str(value) for (value,) in db.execute(query)]
    return found


def sync(db: sqlite3.Connection, *specs: TableSpec, renames: Any = ()) -> TablePlan:
    plan = plan_tables(db, specs, renames)
    apply_tables(db, plan)
    assert plan_tables(db, specs).is_empty
    return plan


def renamed(name: str, renames: Any) -> str:
    return next((f"{r.table}.{r.new}" for r in renames if name == f"{r.table}.{r.old}"), name)


def test_every_database_of_the_corpus_is_created_as_declared(corpus: Path) -> None:
    count: Counter[str] = Counter()
    for manifest in manifests(corpus):
        with closing(sqlite3.connect(":memory:")) as db:
            sync(db, *manifest.tables)
            fill(db, manifest.tables)
            for table in manifest.tables:
                count["tables"] += 1
                info = db.execute(f"PRAGMA table_info({quote(table.name)})").fetchall()
                assert [row[1] for row in info] == [column.name for column in table.columns]
                count["fields"] += len(info)
                key = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
                if not any(column.autoincrement for column in table.columns):
                    assert key == [column.name for column in table.columns if column.primary]
                for row, column in zip(info, table.columns, strict=True):
                    assert bool(row[3]) == (not column.nullable or column.primary), column
                    assert (row[4] is None) == (column.default is None or column.autoincrement)
                indexes = db.execute(f"PRAGMA index_list({quote(table.name)})").fetchall()
                made = {row[1]: bool(row[2]) for row in indexes if row[3] == "c"}
                for index in table.keys:
                    count["keys"] += 1
                    assert made[f"i_{table.name}_{index.name}"] == index.unique
    assert count == elements(corpus)
    assert count["tables"] > 100


def test_every_step_between_two_versions_keeps_every_row(corpus: Path) -> None:
    count: Counter[str] = Counter()
    for step in steps(corpus):
        with closing(sqlite3.connect(":memory:")) as db:
            sync(db, *step.before)
            fill(db, step.before)
            before = columns_of(db)
            renames = find_renames(step.before, step.now)
            plan = sync(db, *step.now, renames=renames)
            after = columns_of(db)
            for name, values in before.items():
                assert after[renamed(name, renames)] == values, (step.name, name)
            count["steps"] += 1
            count["columns"] += len(before)
            count["changed"] += not plan.is_empty
            count["kept"] += len(plan.kept_tables)
            count["kept"] += sum(len(change.kept) for change in plan.changes)
    assert count["steps"] == 2 * sum(len(one) - 1 for one in versions(corpus).values())
    assert count["steps"] >= 40 and count["columns"] > 500
    assert count["changed"] >= 10 and count["kept"] >= 5
