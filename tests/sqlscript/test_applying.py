"""Running scripts: in one transaction, again on every upgrade, and never at the cost of rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from modules_app.domain.tables import ColumnSpec, ColumnType, TableSpec
from modules_app.exceptions import ModuleError
from modules_app.sqlscript.applying import Applied, apply_script
from modules_app.sqlscript.reading import read_script
from modules_app.tables.sqlite import apply_tables, plan_tables

WORDS = TableSpec(
    "words",
    (
        ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True),
        ColumnSpec("word", length=20),
        ColumnSpec("count", ColumnType.INTEGER),
    ),
    like_doctrine=True,
)
BIRDS = "CREATE TABLE IF NOT EXISTS birds (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name text);"
TWO = "INSERT INTO birds (name) VALUES ('Polly'), ('Jack');"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    apply_tables(connection, plan_tables(connection, [WORDS]))
    yield connection
    connection.close()


def run(db: sqlite3.Connection, text: str, fresh: tuple[str, ...] = ()) -> Applied:
    script = read_script(text, module_id="birds", declared=["words"])
    assert script.unused == ()
    return apply_script(db, script, declared=[WORDS], fresh=fresh)


def rows(db: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    return db.execute(query).fetchall()


def sentences(applied: Applied) -> list[str]:
    return [text.format(**context) for text, context in applied.left_out]


def test_tables_are_made_and_filled(db: sqlite3.Connection) -> None:
    applied = run(db, BIRDS + TWO)
    assert applied.created == ["birds"] and applied.left_out == []
    assert rows(db, "SELECT * FROM birds") == [(1, "Polly"), (2, "Jack")]


def test_a_second_run_changes_nothing(db: sqlite3.Connection) -> None:
    script = (
        BIRDS + TWO + "ALTER TABLE birds ADD COLUMN age int NOT NULL, ADD INDEX by_age (age);"
        "CREATE UNIQUE INDEX n ON birds (name);"
    )
    run(db, script)
    db.execute("UPDATE birds SET name = 'Mine' WHERE id = 1")
    db.commit()
    before = "\n".join(db.iterdump())
    applied = run(db, script)
    assert "\n".join(db.iterdump()) == before
    assert applied.created == []
    assert sentences(applied) == [
        "Rows for the table birds were left out, because it existed before."
    ]


def test_drop_and_create_anew_does_not_cost_rows(db: sqlite3.Connection) -> None:
    script = "DROP TABLE IF EXISTS birds;" + BIRDS + TWO
    run(db, script)
    db.execute("DELETE FROM birds WHERE id = 1")
    db.commit()
    applied = run(db, script)
    assert rows(db, "SELECT * FROM birds") == [(2, "Jack")]
    assert "was not dropped" in sentences(applied)[0]


def test_what_is_empty_is_dropped_and_made_anew(db: sqlite3.Connection) -> None:
    run(db, BIRDS)
    applied = run(db, "DROP TABLE birds;" + BIRDS.replace("name", "title"))
    assert applied.created == ["birds"]
    assert [row[1] for row in rows(db, "PRAGMA table_info(birds)")] == ["id", "title"]


def test_a_declared_table_is_never_dropped(db: sqlite3.Connection) -> None:
    applied = run(db, "DROP TABLE words; ALTER TABLE words DROP COLUMN word", fresh=("words",))
    assert len(applied.left_out) == 2
    assert len(rows(db, "PRAGMA table_info(words)")) == 3


def test_rows_go_into_declared_tables_when_these_are_new(db: sqlite3.Connection) -> None:
    insert = "INSERT INTO words (word) VALUES ('a')"
    assert sentences(run(db, insert)) == [
        "Rows for the table words were left out, because it existed before."
    ]
    assert run(db, insert, fresh=("Words",)).left_out == []
    assert rows(db, "SELECT * FROM words") == [(1, "a", 0)]


def test_a_column_goes_only_when_it_is_empty(db: sqlite3.Connection) -> None:
    run(db, BIRDS + TWO + "ALTER TABLE birds ADD note text, ADD tag varchar(9)")
    db.execute("UPDATE birds SET note = 'x' WHERE id = 2")
    db.commit()
    applied = run(db, "ALTER TABLE birds DROP note, DROP tag, DROP gone")
    assert [row[1] for row in rows(db, "PRAGMA table_info(birds)")] == ["id", "name", "note"]
    assert len(applied.left_out) == 1


def test_a_column_of_a_key_is_not_dropped(db: sqlite3.Connection) -> None:
    applied = run(db, BIRDS + "ALTER TABLE birds ADD INDEX n (name), DROP name, DROP id")
    assert len(applied.left_out) == 2


def test_a_new_column_is_filled_like_that_of_a_declaration(db: sqlite3.Connection) -> None:
    run(
        db,
        BIRDS + TWO + "ALTER TABLE birds ADD age int NOT NULL,"
        " ADD seen datetime NOT NULL DEFAULT CURRENT_TIMESTAMP",
    )
    [(age, seen), _other] = rows(db, "SELECT age, seen FROM birds")
    assert age == 0 and seen > "2020"


@pytest.mark.parametrize(
    "bad",
    [
        "INSERT INTO birds (id, name) VALUES (1, 'again');",
        "INSERT INTO birds (nothing) VALUES (1);",
        "INSERT INTO birds VALUES (1, 2, 3, 4);",
        "CREATE UNIQUE INDEX u ON birds (nothing);",
        "ALTER TABLE birds ADD UNIQUE n (name);",
    ],
)
def test_a_statement_that_fails_undoes_the_whole_script(db: sqlite3.Connection, bad: str) -> None:
    before = "\n".join(db.iterdump())
    script = BIRDS + TWO + "INSERT INTO birds (name) VALUES ('Polly');\n" + bad
    with pytest.raises(ModuleError) as caught:
        run(db, script)
    assert (caught.value.slug, caught.value.context["line"]) == ("script-failed", 2)
    assert "\n".join(db.iterdump()) == before
    assert not db.in_transaction


def test_ignore_and_replace_mean_what_they_mean_in_mysql(db: sqlite3.Connection) -> None:
    run(
        db,
        BIRDS + TWO + "INSERT IGNORE INTO birds VALUES (1, 'x'), (3, 'y');"
        "REPLACE INTO birds VALUES (2, 'z');",
    )
    assert rows(db, "SELECT * FROM birds") == [(1, "Polly"), (2, "z"), (3, "y")]


def test_values_are_bound_and_never_become_sql(db: sqlite3.Connection) -> None:
    run(db, BIRDS + r"""INSERT INTO birds (name) VALUES ('\'); DROP TABLE words; --')""")
    assert rows(db, "SELECT name FROM birds") == [("'); DROP TABLE words; --",)]
    assert rows(db, "SELECT count(*) FROM words") == [(0,)]


def test_a_missing_table_is_said(db: sqlite3.Connection) -> None:
    applied = run(db, "ALTER TABLE birds_x ADD a int; DROP TABLE birds_x")
    assert sentences(applied) == ["There is no table birds_x, so nothing was done to it."]


def test_sqlite_itself_refuses_what_no_script_may_do(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a fault of ours would let through, the database still says no."""
    for sql in (
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA writable_schema = 1",
        "CREATE TRIGGER t AFTER INSERT ON words BEGIN DELETE FROM words; END",
        "CREATE VIEW v AS SELECT 1",
        "SELECT load_extension('x')",
    ):
        monkeypatch.setattr(
            "modules_app.tables.layout.Layout.create", lambda *_args, sql=sql: sql
        )
        with pytest.raises(ModuleError) as caught:
            run(db, BIRDS)
        assert "not authorized" in str(caught.value) or "prohibited" in str(caught.value), sql
    db.execute("PRAGMA user_version = 1")
