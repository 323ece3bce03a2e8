"""What F1.3 adds to the rules of change: fillings, renames, foreign keys, spellings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from modules_app.domain.renames import Rename, find_renames
from modules_app.domain.tables import ColumnSpec, ColumnType, ForeignKeySpec, KeySpec, TableSpec
from modules_app.exceptions import ModuleError
from modules_app.tables.layout import spell
from modules_app.tables.plan import TableAction, TablePlan
from modules_app.tables.sqlite import apply_tables, plan_tables

ID = ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True)
LABEL = ColumnSpec("label", length=40)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = 1")
    yield connection
    connection.close()


def table(*columns: ColumnSpec, name: str = "t", **more: tuple[object, ...]) -> TableSpec:
    return TableSpec(name, columns, like_doctrine=True, **more)


def sync(db: sqlite3.Connection, *specs: TableSpec, renames: tuple[Rename, ...] = ()) -> TablePlan:
    plan = plan_tables(db, specs, renames)
    apply_tables(db, plan)
    assert plan_tables(db, specs).is_empty, "a second run finds nothing to do"
    return plan


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ColumnType.STRING, ""),
        (ColumnType.TEXT, ""),
        (ColumnType.INTEGER, 0),
        (ColumnType.BOOLEAN, 0),
        (ColumnType.DECIMAL, 0),
        (ColumnType.FLOAT, 0.0),
        (ColumnType.DATETIME, "1970-01-01 00:00:00"),
    ],
)
def test_a_new_required_column_is_filled_in_rows_that_exist(
    db: sqlite3.Connection, kind: ColumnType, value: object
) -> None:
    sync(db, table(ID, LABEL))
    db.execute("INSERT INTO t (label) VALUES ('x')")
    db.commit()
    sync(db, table(ID, LABEL, ColumnSpec("new", kind)))
    assert db.execute("SELECT id, label, new FROM t").fetchall() == [(1, "x", value)]


def test_a_column_that_becomes_required_is_filled_where_it_is_empty(db: sqlite3.Connection) -> None:
    sync(db, table(ID, replace(LABEL, nullable=True)))
    db.executemany("INSERT INTO t (label) VALUES (?)", [("x",), (None,)])
    db.commit()
    sync(db, table(ID, LABEL))
    assert db.execute("SELECT label FROM t ORDER BY id").fetchall() == [("x",), ("",)]


def test_a_renamed_column_keeps_its_values_its_indexes_and_its_place(
    db: sqlite3.Connection,
) -> None:
    key = KeySpec("label", ("label",))
    before = table(ID, LABEL, keys=(key,))
    sync(db, before)
    db.execute("INSERT INTO t (label) VALUES ('x')")
    db.commit()
    now = table(ID, replace(LABEL, name="title"), keys=(replace(key, columns=("title",)),))
    plan = sync(db, now, renames=find_renames([before], [now]))
    assert plan.changes[0].renamed == (("label", "title"),)
    assert plan.changes[0].action is TableAction.RENAME_COLUMNS
    assert plan.changes[0].kept == plan.changes[0].dropped_indexes == ()
    assert db.execute("SELECT id, title FROM t").fetchall() == [(1, "x")]


def test_a_rename_and_a_rebuild_happen_together(db: sqlite3.Connection) -> None:
    note = ColumnSpec("note", ColumnType.TEXT, nullable=True)
    before = table(ID, LABEL, note)
    sync(db, before)
    db.execute("INSERT INTO t (label, note) VALUES ('x', 'y')")
    db.commit()
    now = table(ID, replace(LABEL, name="Title"), replace(note, type=ColumnType.STRING))
    plan = sync(db, now, renames=find_renames([before], [now]))
    assert plan.changes[0].action is TableAction.REBUILD
    assert db.execute("SELECT id, Title, note FROM t").fetchall() == [(1, "x", "y")]


def test_without_a_plan_that_names_it_nothing_is_renamed(db: sqlite3.Connection) -> None:
    sync(db, table(ID, LABEL))
    db.execute("INSERT INTO t (label) VALUES ('x')")
    db.commit()
    plan = sync(db, table(ID, replace(LABEL, name="title")))
    assert plan.changes[0].kept == ("label",)
    assert db.execute("SELECT label, title FROM t").fetchall() == [("x", "")]


def test_a_rename_that_does_not_fit_the_data_any_more_is_left_out(db: sqlite3.Connection) -> None:
    sync(db, table(ID, LABEL, ColumnSpec("title", length=40)))
    now = table(ID, replace(LABEL, name="title"))
    plan = sync(db, now, renames=(Rename("t", "label", "title"), Rename("t", "gone", "title")))
    assert plan.changes[0].renamed == ()
    assert plan.changes[0].kept == ("label",)


A, B, C = (ColumnSpec(name, length=9) for name in "abc")


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (table(ID, A), table(ID, B), [Rename("t", "a", "b")]),
        (table(ID, A), replace(table(ID, B), name="T"), [Rename("T", "a", "b")]),
        (table(ID, A), table(ID, replace(B, length=10)), []),
        (table(ID, A), table(ID, replace(B, nullable=True)), []),
        (table(ID, A), table(ID, B, C), []),
        (table(ID, A, B), table(ID, C), []),
        (table(ID, A, replace(B, length=1)), table(ID, C), [Rename("t", "a", "c")]),
        (table(ID, A), table(ID, replace(A, name="A")), []),
        (table(ID, A), replace(table(ID, B), like_doctrine=False), []),
        (table(ID, A), table(ID, B, name="other"), []),
    ],
    ids=[
        "one for one",
        "table in other case",
        "other length",
        "other null",
        "two heirs",
        "two origins",
        "only one fits",
        "other case is the same name",
        "MikoPBX has no renames",
        "another table",
    ],
)
def test_only_what_is_unambiguous_is_a_rename(
    before: TableSpec, now: TableSpec, found: list[Rename]
) -> None:
    assert list(find_renames([before], [now])) == found


PARENT = table(ID, name="parent")
OF_PARENT = ForeignKeySpec(("parent_id",), "parent", ("id",), "CASCADE", "CASCADE")
CHILD = table(
    ID, ColumnSpec("parent_id", ColumnType.INTEGER), name="child", foreign_keys=(OF_PARENT,)
)


def test_a_foreign_key_is_kept_by_the_database(db: sqlite3.Connection) -> None:
    sync(db, CHILD, PARENT)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO child (parent_id) VALUES (7)")
    db.rollback()
    db.execute("INSERT INTO parent VALUES (7)")
    db.execute("INSERT INTO child (parent_id) VALUES (7)")
    db.execute("DELETE FROM parent")
    assert db.execute("SELECT count(*) FROM child").fetchone() == (0,)


def test_a_rebuild_of_either_side_keeps_the_rows_of_both(db: sqlite3.Connection) -> None:
    sync(db, CHILD, PARENT)
    db.execute("INSERT INTO parent VALUES (7)")
    db.execute("INSERT INTO child (parent_id) VALUES (7)")
    db.commit()
    wide = replace(PARENT, columns=(ID, ColumnSpec("n", ColumnType.INTEGER)))
    sync(db, replace(CHILD, columns=(*CHILD.columns, LABEL)), wide)
    assert db.execute("SELECT parent_id FROM child").fetchall() == [(7,)]
    db.execute("DELETE FROM parent")
    assert db.execute("SELECT count(*) FROM child").fetchone() == (0,)


def test_a_foreign_key_comes_and_goes_with_the_declaration(db: sqlite3.Connection) -> None:
    free = replace(CHILD, foreign_keys=())
    sync(db, free, PARENT)
    sync(db, CHILD, PARENT)
    sync(db, replace(CHILD, foreign_keys=(replace(OF_PARENT, on_delete="RESTRICT"),)), PARENT)
    [key] = db.execute("PRAGMA foreign_key_list(child)").fetchall()
    assert key[6] == "RESTRICT"
    sync(db, free, PARENT)
    assert db.execute("PRAGMA foreign_key_list(child)").fetchall() == []


def test_rows_that_refer_to_nothing_are_named(db: sqlite3.Connection) -> None:
    sync(db, replace(CHILD, foreign_keys=()), PARENT)
    db.execute("INSERT INTO child (parent_id) VALUES (9)")
    db.commit()
    with pytest.raises(ModuleError) as caught:
        sync(db, CHILD, PARENT)
    assert caught.value.slug == "table-rows-orphaned"


@pytest.mark.parametrize(
    "key",
    [
        replace(OF_PARENT, table="users"),
        replace(OF_PARENT, references=("nothing",)),
        replace(OF_PARENT, references=("id", "id")),
        replace(OF_PARENT, table="child", references=("parent_id",)),
    ],
    ids=["foreign table", "unknown column", "other count", "not unique"],
)
def test_a_foreign_key_that_sqlite_cannot_hold_is_left_out(
    db: sqlite3.Connection, key: ForeignKeySpec
) -> None:
    sync(db, replace(CHILD, foreign_keys=(key,)), PARENT)
    db.execute("INSERT INTO child (parent_id) VALUES (7)")


def test_a_column_that_a_foreign_key_refers_to_can_be_renamed(db: sqlite3.Connection) -> None:
    code = ColumnSpec("code", length=9, unique=True)
    before = table(ID, code, name="parent")
    own = ForeignKeySpec(("parent_code",), "parent", ("code",))
    child = table(ID, ColumnSpec("parent_code", length=9), name="child", foreign_keys=(own,))
    sync(db, before, child)
    db.execute("INSERT INTO parent (code) VALUES ('x')")
    db.execute("INSERT INTO child (parent_code) VALUES ('x')")
    db.commit()
    now = table(ID, replace(code, name="mark"), name="parent")
    after = replace(child, foreign_keys=(replace(own, references=("mark",)),))
    sync(db, now, after, renames=find_renames([before, child], [now, after]))
    assert db.execute("SELECT mark FROM parent").fetchall() == [("x",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    ("column", "spelled"),
    [
        (ColumnSpec("c", length=36, fixed=True), "CHAR(36)"),
        (ColumnSpec("c", fixed=True), "CHAR"),
        (ColumnSpec("c", ColumnType.DECIMAL, unsigned=True, scale=2), "NUMERIC UNSIGNED(10,2)"),
        (ColumnSpec("c", ColumnType.FLOAT, unsigned=True), "DOUBLE PRECISION UNSIGNED"),
    ],
)
def test_fixed_and_unsigned_are_spelled(
    db: sqlite3.Connection, column: ColumnSpec, spelled: str
) -> None:
    assert spell(column) == spelled
    sync(db, table(column))


@pytest.mark.parametrize(("word", "value"), [("false", 0), ("TRUE", 1), ("1", 1)])
def test_words_are_no_default_of_a_boolean(
    db: sqlite3.Connection, word: str, value: int
) -> None:
    sync(db, table(ColumnSpec("c", ColumnType.BOOLEAN, default=word), LABEL))
    db.execute("INSERT INTO t (label) VALUES ('x')")
    assert db.execute("SELECT c FROM t").fetchall() == [(value,)]
