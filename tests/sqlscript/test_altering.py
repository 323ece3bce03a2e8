"""Keys, definitions and names that a script changes: every row stays, a second run does nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from modules_app.domain.tables import ColumnSpec, ColumnType, KeySpec, TableSpec
from modules_app.exceptions import ModuleError
from modules_app.sqlscript.applying import Applied, apply_script
from modules_app.sqlscript.reading import read_script
from modules_app.tables.schema import read_layout
from modules_app.tables.sqlite import apply_tables, plan_tables

WORDS = TableSpec(
    "words",
    (ColumnSpec("id", ColumnType.INTEGER, primary=True), ColumnSpec("word", length=20)),
    (KeySpec("by_word", ("word",)),),
    like_doctrine=True,
)
NESTS = """
CREATE TABLE birds_nests (tree varchar(5), no int, note varchar(9), KEY by_note (note));
INSERT INTO birds_nests VALUES ('oak', 1, 'old'), ('oak', 2, NULL), ('fir', 1, '7');
"""
ROWS = [("oak", 1, "old"), ("oak", 2, None), ("fir", 1, "7")]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    apply_tables(connection, plan_tables(connection, [WORDS]))
    run(connection, NESTS)
    yield connection
    connection.close()


def run(db: sqlite3.Connection, text: str) -> Applied:
    script = read_script(text, module_id="birds", declared=["words"])
    assert script.unused == ()
    return apply_script(db, script, declared=[WORDS], fresh=())


def rows(db: sqlite3.Connection, table: str = "birds_nests") -> list[tuple[Any, ...]]:
    return db.execute(f"SELECT * FROM {table}").fetchall()


def sentences(applied: Applied) -> list[str]:
    return [text.format(**context) for text, context in applied.left_out]


def columns(db: sqlite3.Connection, table: str = "birds_nests") -> dict[str, tuple[Any, ...]]:
    """Each column's type, whether it is required, its default and its place in the key."""
    return {row[1]: row[2:] for row in db.execute(f"PRAGMA table_info({table})")}


def dump(db: sqlite3.Connection) -> list[str]:
    return list(db.iterdump())


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE birds_nests ADD PRIMARY KEY (tree, no)",
        "ALTER TABLE birds_nests MODIFY tree varchar(40) NOT NULL DEFAULT 'elm'",
        "ALTER TABLE birds_nests CHANGE tree plant text, MODIFY no bigint",
        "ALTER TABLE birds_nests RENAME COLUMN note TO remark",
        "ALTER TABLE birds_nests RENAME TO birds_homes",
        "RENAME TABLE birds_nests TO birds_homes",
        "ALTER TABLE birds_nests DROP INDEX by_note",
        "DROP INDEX by_note ON birds_nests",
    ],
)
def test_rows_stay_and_a_second_run_changes_nothing(db: sqlite3.Connection, change: str) -> None:
    before = dump(db)
    assert run(db, change).left_out == []
    after = dump(db)
    assert after != before
    table = "birds_homes" if "birds_homes" in change else "birds_nests"
    assert sorted(rows(db, table), key=str) == sorted(ROWS, key=str)
    assert run(db, change).left_out == [] and dump(db) == after


def test_a_primary_key_is_made_of_what_the_rows_have(db: sqlite3.Connection) -> None:
    run(db, "ALTER TABLE birds_nests ADD PRIMARY KEY (no, tree)")
    assert [one[-1] for one in columns(db).values()] == [2, 1, 0]
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO birds_nests VALUES ('oak', 2, '')")
    db.rollback()
    said = sentences(run(db, "ALTER TABLE birds_nests ADD PRIMARY KEY (note)"))
    assert said == ["The table birds_nests has another primary key already, which is kept."]


@pytest.mark.parametrize("key", ["tree", "note", "gone"])
def test_a_primary_key_that_the_rows_break_undoes_all(db: sqlite3.Connection, key: str) -> None:
    before = dump(db)
    with pytest.raises(ModuleError) as caught:
        run(db, f"{NESTS}; ALTER TABLE birds_nests ADD x int, ADD PRIMARY KEY ({key})")
    assert caught.value.slug == "script-failed" and dump(db) == before


def test_a_definition_changes_type_default_and_what_is_required(db: sqlite3.Connection) -> None:
    run(db, "ALTER TABLE birds_nests MODIFY note varchar(60) NOT NULL DEFAULT 'none'")
    assert columns(db)["note"] == ("VARCHAR(60)", 1, "'none'", 0)
    assert rows(db)[1] == ("oak", 2, "none")
    assert [one.name for one in read_layout(db, "birds_nests").indexes] == ["i_birds_nests_by_note"]


def test_a_counter_comes_and_goes_with_its_definition(db: sqlite3.Connection) -> None:
    run(db, "CREATE TABLE birds_eggs (id int, c int); INSERT INTO birds_eggs VALUES (4, 1), (9, 2)")
    change = "ALTER TABLE birds_eggs ADD PRIMARY KEY (id), MODIFY id int NOT NULL AUTO_INCREMENT"
    assert run(db, change).left_out == []
    db.execute("INSERT INTO birds_eggs (c) VALUES (3)")
    db.commit()
    assert rows(db, "birds_eggs") == [(4, 1), (9, 2), (10, 3)]
    run(db, "ALTER TABLE birds_eggs CHANGE id number bigint NOT NULL")
    assert columns(db, "birds_eggs")["number"] == ("BIGINT", 1, None, 1)
    assert rows(db, "birds_eggs") == [(4, 1), (9, 2), (10, 3)]
    said = sentences(run(db, "ALTER TABLE birds_eggs MODIFY c int AUTO_INCREMENT"))
    assert said == ["The column c of birds_eggs cannot count up: it is not the primary key."]


def test_names_that_are_taken_or_missing_are_left_and_said(db: sqlite3.Connection) -> None:
    before = dump(db)
    applied = run(
        db,
        "ALTER TABLE birds_nests CHANGE tree note text, RENAME COLUMN a TO b, MODIFY c int;"
        "ALTER TABLE birds_nests RENAME TO words; ALTER TABLE birds_x RENAME TO birds_y",
    )
    assert dump(db) == before
    assert sentences(applied) == [
        "In birds_nests the column tree was not renamed, because there is a column note.",
        "The table birds_nests has no column a, so nothing was done to it.",
        "The table birds_nests has no column c, so nothing was done to it.",
        "The table birds_nests was not renamed, because there is a table words. Its rows are kept.",
        "There is no table birds_x, so nothing was done to it.",
    ]


def test_what_module_xml_declares_is_left_alone(db: sqlite3.Connection) -> None:
    before = dump(db)
    for change in (
        "MODIFY word text",
        "CHANGE word term text",
        "CHANGE term word text",
        "RENAME COLUMN word TO term",
        "RENAME TO birds_words",
        "DROP INDEX by_word",
    ):
        said = sentences(run(db, f"ALTER TABLE words {change}"))
        assert said and all("module.xml declares it" in one for one in said), change
    assert dump(db) == before


def test_foreign_keys_and_indexes_follow_a_renamed_table(db: sqlite3.Connection) -> None:
    run(
        db,
        "CREATE TABLE birds_trees (id int PRIMARY KEY, up int, UNIQUE KEY u (up),"
        " FOREIGN KEY (up) REFERENCES birds_trees (id));"
        "CREATE TABLE birds_twigs (tree int, FOREIGN KEY (tree) REFERENCES birds_trees (id));"
        "INSERT INTO birds_trees VALUES (1, 1); INSERT INTO birds_twigs VALUES (1);"
        "ALTER TABLE birds_trees RENAME TO birds_plants",
    )
    for table in ("birds_plants", "birds_twigs"):
        [key] = read_layout(db, table).foreign_keys
        assert (key.table, key.references) == ("birds_plants", ("id",))
    assert [one.name for one in read_layout(db, "birds_plants").indexes] == ["i_birds_plants_u"]
    db.execute("PRAGMA foreign_keys = 1")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO birds_twigs VALUES (7)")
    assert rows(db, "birds_twigs") == [(1,)]


def test_an_index_that_a_foreign_key_needs_stays(db: sqlite3.Connection) -> None:
    applied = run(
        db,
        "CREATE TABLE birds_trees (id int, UNIQUE KEY u (id));"
        "CREATE TABLE birds_twigs (tree int, FOREIGN KEY (tree) REFERENCES birds_trees (id));"
        "DROP INDEX u ON birds_trees",
    )
    assert sentences(applied) == [
        "The index u of birds_trees was not dropped: a foreign key needs it."
    ]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE birds_own (a TEXT, b INT CHECK (b > 0))",
        "CREATE TABLE birds_own (a TEXT COLLATE NOCASE, b INT)",
        "CREATE TABLE birds_own (a TEXT, b INT GENERATED ALWAYS AS (length(a)))",
        "CREATE TABLE birds_own (a TEXT UNIQUE, b INT)",
        "CREATE TABLE birds_own (a TEXT, b INT DEFAULT (1 + 1))",
        "CREATE TABLE birds_own (a TEXT, b INT); CREATE INDEX i ON birds_own (a) WHERE a > 'b'",
        "CREATE TABLE birds_own (a TEXT, b INT); CREATE INDEX i ON birds_own (lower(a))",
        "CREATE TABLE birds_own (a TEXT, b INT); CREATE TRIGGER t AFTER INSERT ON birds_own"
        " BEGIN DELETE FROM words; END",
    ],
)
def test_a_table_with_more_than_a_rebuild_would_keep_is_left(
    db: sqlite3.Connection, made: str
) -> None:
    db.executescript(made)
    before = dump(db)
    said = sentences(run(db, "ALTER TABLE birds_own MODIFY a varchar(9)"))
    assert said == [
        "The table birds_own was left as it is: it holds what would be lost by a change."
    ]
    assert dump(db) == before
