"""Types, defaults and affinities of declared columns (reference F1.3, M5.2)."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from modules_app.domain.tables import ColumnSpec, ColumnType, TableSpec
from modules_app.tables.layout import spell
from modules_app.tables.sqlite import apply_tables, plan_tables


@pytest.mark.parametrize(
    ("column", "spelled"),
    [
        (ColumnSpec("c", ColumnType.STRING), "VARCHAR"),
        (ColumnSpec("c", ColumnType.STRING, length=190), "VARCHAR(190)"),
        (ColumnSpec("c", ColumnType.TEXT, length=8100), "TEXT"),
        (ColumnSpec("c", ColumnType.INTEGER, length=11), "INTEGER"),
        (ColumnSpec("c", ColumnType.INTEGER, unsigned=True), "INTEGER UNSIGNED"),
        (ColumnSpec("c", ColumnType.BIGINT), "BIGINT"),
        (ColumnSpec("c", ColumnType.SMALLINT), "SMALLINT"),
        (ColumnSpec("c", ColumnType.BOOLEAN, unsigned=True), "BOOLEAN"),
        (ColumnSpec("c", ColumnType.DECIMAL), "NUMERIC(10,0)"),
        (ColumnSpec("c", ColumnType.DECIMAL, precision=20, scale=5), "NUMERIC(20,5)"),
        (ColumnSpec("c", ColumnType.FLOAT), "DOUBLE PRECISION"),
        (ColumnSpec("c", ColumnType.BLOB), "BLOB"),
        (ColumnSpec("c", ColumnType.DATETIME), "DATETIME"),
        (ColumnSpec("c", ColumnType.DATE), "DATE"),
        (ColumnSpec("c", ColumnType.TIME), "TIME"),
        (ColumnSpec("c", ColumnType.JSON), "TEXT"),
    ],
)
def test_every_type_has_one_spelling(column: ColumnSpec, spelled: str) -> None:
    assert spell(column) == spelled


def stored(kind: ColumnType, value: Any) -> Any:
    db = sqlite3.connect(":memory:")
    apply_tables(db, plan_tables(db, [TableSpec("t", (ColumnSpec("c", kind),))]))
    db.execute("INSERT INTO t VALUES (?)", (value,))
    return db.execute("SELECT c FROM t").fetchone()[0]


def test_affinities_keep_texts_texts_and_numbers_numbers() -> None:
    assert stored(ColumnType.STRING, "007") == "007"
    assert stored(ColumnType.JSON, "1") == "1"
    assert stored(ColumnType.INTEGER, "7") == 7
    assert stored(ColumnType.BIGINT, "9007199254740993") == 9007199254740993
    assert stored(ColumnType.FLOAT, "1.5") == 1.5
    assert stored(ColumnType.BLOB, b"\0x") == b"\0x"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (ColumnSpec("c", default=""), ""),
        (ColumnSpec("c", default="O'Brien \"x\""), "O'Brien \"x\""),
        (ColumnSpec("c", default="CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP"),
        (ColumnSpec("c", ColumnType.INTEGER, default="-1"), -1),
        (ColumnSpec("c", ColumnType.FLOAT, default="0.0"), 0.0),
        (ColumnSpec("c", nullable=True), None),
    ],
)
def test_defaults_are_literals_of_the_column(column: ColumnSpec, value: Any) -> None:
    db = sqlite3.connect(":memory:")
    other = ColumnSpec("other", nullable=True)
    apply_tables(db, plan_tables(db, [TableSpec("t", (column, other))]))
    db.execute("INSERT INTO t (other) VALUES ('x')")
    assert db.execute("SELECT c FROM t").fetchone()[0] == value


def test_a_moment_defaults_to_now_and_is_added_by_a_rebuild() -> None:
    db = sqlite3.connect(":memory:")
    other = ColumnSpec("other", nullable=True)
    apply_tables(db, plan_tables(db, [TableSpec("t", (other,))]))
    db.execute("INSERT INTO t VALUES ('x')")
    db.commit()
    made = ColumnSpec("made", ColumnType.DATETIME, default="current_timestamp")
    apply_tables(db, plan_tables(db, [TableSpec("t", (other, made))]))
    assert db.execute("SELECT made <= CURRENT_TIMESTAMP FROM t").fetchone()[0] == 1
    assert plan_tables(db, [TableSpec("t", (other, made))]).is_empty


def test_a_column_given_twice_counts_once_and_the_later_one_wins() -> None:
    db = sqlite3.connect(":memory:")
    spec = TableSpec("t", (ColumnSpec("c"), ColumnSpec("c", ColumnType.INTEGER)))
    apply_tables(db, plan_tables(db, [spec]))
    assert [row[2] for row in db.execute("PRAGMA table_info(t)")] == ["INTEGER"]
