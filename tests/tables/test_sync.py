"""One test per row of reference M5.3, each with rows in the table, and what SQLite adds to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from modules_app.domain.tables import ColumnSpec, ColumnType, KeySpec, TableSpec
from modules_app.exceptions import ModuleError, Refused
from modules_app.tables.plan import TableAction, TablePlan
from modules_app.tables.sqlite import apply_tables, plan_tables

ID = ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True)
NUMBER = ColumnSpec("number", ColumnType.STRING, length=40, nullable=True)
NOTE = ColumnSpec("note", ColumnType.TEXT, nullable=True)
NUMBERS = TableSpec("m_Numbers", (ID, NUMBER, NOTE))


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def sync(db: sqlite3.Connection, *specs: TableSpec) -> TablePlan:
    plan = plan_tables(db, specs)
    apply_tables(db, plan)
    assert plan_tables(db, specs).is_empty, "a second run finds nothing to do"
    return plan


def filled(db: sqlite3.Connection, spec: TableSpec = NUMBERS) -> None:
    sync(db, spec)
    db.executemany(
        "INSERT INTO m_Numbers (number, note) VALUES (?, ?)", [("100", "a"), ("200", None)]
    )
    db.commit()


def rows(db: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


def changed(*columns: ColumnSpec, keys: tuple[KeySpec, ...] = ()) -> TableSpec:
    return TableSpec("m_Numbers", columns, keys)


def test_a_missing_table_is_created(db: sqlite3.Connection) -> None:
    plan = sync(db, NUMBERS)
    assert plan.changes[0].action is TableAction.CREATE
    db.execute("INSERT INTO m_Numbers (number) VALUES ('1')")
    assert rows(db, "SELECT id, number, note FROM m_Numbers") == [(1, "1", None)]


def test_an_identical_table_is_left_alone(db: sqlite3.Connection) -> None:
    filled(db)
    plan = plan_tables(db, [NUMBERS])
    assert [change.action for change in plan.changes] == [TableAction.NOTHING]
    assert plan.changes[0].statements == ()


def test_another_order_of_columns_changes_nothing(db: sqlite3.Connection) -> None:
    filled(db)
    assert plan_tables(db, [changed(NOTE, ID, NUMBER)]).is_empty


def test_new_columns_are_added_without_a_rebuild(db: sqlite3.Connection) -> None:
    filled(db)
    calls = ColumnSpec("calls", ColumnType.INTEGER, default="0")
    last = ColumnSpec("last", ColumnType.DATETIME, nullable=True)
    plan = sync(db, changed(ID, NUMBER, NOTE, calls, last))
    assert plan.changes[0].action is TableAction.ADD_COLUMNS
    assert plan.changes[0].added == ("calls", "last")
    assert rows(db, "SELECT * FROM m_Numbers") == [
        (1, "100", "a", 0, None),
        (2, "200", None, 0, None),
    ]


def test_a_column_that_the_model_lost_is_kept_and_reported(db: sqlite3.Connection) -> None:
    filled(db)
    plan = sync(db, changed(ID, NUMBER))
    assert plan.changes[0].kept == ("note",)
    assert rows(db, "SELECT note FROM m_Numbers") == [("a",), (None,)]


def test_a_lost_column_survives_a_rebuild_with_its_default(db: sqlite3.Connection) -> None:
    filled(db, changed(ID, NUMBER, replace(NOTE, default="it's")))
    plan = sync(db, changed(ID, replace(NUMBER, length=80)))
    assert plan.changes[0].action is TableAction.REBUILD
    assert plan.changes[0].kept == ("note",)
    db.execute("INSERT INTO m_Numbers (number) VALUES ('300')")
    assert rows(db, "SELECT number, note FROM m_Numbers") == [
        ("100", "a"),
        ("200", None),
        ("300", "it's"),
    ]


def test_a_lost_required_column_no_longer_blocks_new_rows(db: sqlite3.Connection) -> None:
    filled(db, changed(ID, replace(NUMBER, nullable=False), NOTE))
    sync(db, changed(ID, NOTE))
    db.execute("INSERT INTO m_Numbers (note) VALUES ('new')")
    assert rows(db, "SELECT id, number, note FROM m_Numbers") == [
        (1, "100", "a"),
        (2, "200", None),
        (3, None, "new"),
    ]


@pytest.mark.parametrize(
    "column",
    [
        replace(NUMBER, type=ColumnType.INTEGER, length=None),
        replace(NUMBER, length=80),
        replace(NUMBER, nullable=False),
        replace(NUMBER, default="0"),
    ],
    ids=["type", "size", "not null", "default"],
)
def test_a_changed_column_is_rebuilt_with_its_rows(
    db: sqlite3.Connection, column: ColumnSpec
) -> None:
    filled(db)
    plan = sync(db, changed(ID, column, NOTE))
    assert plan.changes[0].action is TableAction.REBUILD
    assert plan.changes[0].changed == ("number",)
    assert [(i, str(n), t) for i, n, t in rows(db, "SELECT * FROM m_Numbers")] == [
        (1, "100", "a"),
        (2, "200", None),
    ]


def test_values_are_copied_as_they_are_and_not_converted(db: sqlite3.Connection) -> None:
    filled(db)
    db.execute("UPDATE m_Numbers SET number = 'ten' WHERE id = 1")
    db.commit()
    sync(db, changed(ID, replace(NUMBER, type=ColumnType.INTEGER, length=None), NOTE))
    assert rows(db, "SELECT number FROM m_Numbers") == [("ten",), (200,)]


@pytest.mark.parametrize("written", ['"x"', "'x'"])
def test_a_default_that_differs_only_by_its_quotes_counts_as_equal(
    db: sqlite3.Connection, written: str
) -> None:
    db.execute(f"CREATE TABLE t (a VARCHAR NOT NULL DEFAULT {written})")
    spec = TableSpec("t", (ColumnSpec("a", default="x"),))
    assert plan_tables(db, [spec]).is_empty


def test_a_required_column_without_default_needs_an_empty_table(db: sqlite3.Connection) -> None:
    sync(db, NUMBERS)
    required = ColumnSpec("owner", ColumnType.STRING)
    plan = sync(db, changed(ID, NUMBER, NOTE, required))
    assert plan.changes[0].action is TableAction.REBUILD


def test_a_required_column_without_default_is_refused_when_there_are_rows(
    db: sqlite3.Connection,
) -> None:
    filled(db)
    before = "\n".join(db.iterdump())
    with pytest.raises(ModuleError) as caught:
        plan_tables(db, [changed(ID, NUMBER, NOTE, ColumnSpec("owner"))])
    assert caught.value.slug == "table-needs-default"
    assert "owner" in str(caught.value)
    assert "\n".join(db.iterdump()) == before


def test_a_column_that_becomes_required_is_refused_when_a_row_lacks_it(
    db: sqlite3.Connection,
) -> None:
    filled(db)
    with pytest.raises(ModuleError) as caught:
        plan_tables(db, [changed(ID, NUMBER, replace(NOTE, nullable=False))])
    assert caught.value.slug == "table-needs-default"


def test_a_column_that_becomes_required_gets_its_default_where_a_row_lacks_it(
    db: sqlite3.Connection,
) -> None:
    filled(db)
    sync(db, changed(ID, NUMBER, replace(NOTE, nullable=False, default="none")))
    assert rows(db, "SELECT note FROM m_Numbers") == [("a",), ("none",)]


def test_numbering_goes_on_where_it_was_after_a_rebuild(db: sqlite3.Connection) -> None:
    filled(db)
    db.execute("DELETE FROM m_Numbers WHERE id = 2")
    db.commit()
    sync(db, changed(ID, replace(NUMBER, length=80), NOTE))
    db.execute("INSERT INTO m_Numbers (number) VALUES ('300')")
    assert rows(db, "SELECT id FROM m_Numbers") == [(1,), (3,)]


def test_a_table_gets_an_identity_column_later(db: sqlite3.Connection) -> None:
    sync(db, changed(NUMBER))
    db.executemany("INSERT INTO m_Numbers VALUES (?)", [("100",), ("200",)])
    db.commit()
    sync(db, changed(NUMBER, ID))
    assert rows(db, "SELECT number, id FROM m_Numbers") == [("100", 1), ("200", 2)]


def test_composite_keys_hold_and_may_change(db: sqlite3.Connection) -> None:
    a = ColumnSpec("a", ColumnType.INTEGER, primary=True)
    b = ColumnSpec("b", ColumnType.STRING, primary=True)
    spec = TableSpec("pairs", (a, b))
    sync(db, spec)
    db.executemany("INSERT INTO pairs VALUES (?, ?)", [(1, "x"), (1, "y")])
    db.commit()
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO pairs VALUES (1, 'x')")
    db.rollback()
    before = rows(db, "SELECT * FROM pairs")
    with pytest.raises(ModuleError) as caught:
        sync(db, TableSpec("pairs", (a, replace(b, primary=False))))
    assert caught.value.slug == "table-rows-conflict"
    assert rows(db, "SELECT * FROM pairs") == before
    assert plan_tables(db, [spec]).is_empty
    sync(db, TableSpec("pairs", (replace(a, primary=False), b)))
    assert sorted(rows(db, "SELECT * FROM pairs")) == sorted(before)


def test_a_counter_inside_a_composite_key_keeps_both_promises(db: sqlite3.Connection) -> None:
    kind = ColumnSpec("kind", ColumnType.STRING, primary=True)
    sync(db, TableSpec("t", (ID, kind)))
    db.executemany("INSERT INTO t (kind) VALUES (?)", [("a",), ("a",)])
    assert rows(db, "SELECT id, kind FROM t") == [(1, "a"), (2, "a")]
    unique = [row[1:3] for row in rows(db, "PRAGMA index_list('t')")]
    assert unique == [("i_t_primary", 1)]


def test_a_column_named_like_the_keyword_is_not_a_counter(db: sqlite3.Connection) -> None:
    spec = TableSpec("t", (ColumnSpec("autoincrement", ColumnType.INTEGER, primary=True),))
    sync(db, spec)
    db.execute("INSERT INTO t VALUES (7)")
    db.commit()
    assert plan_tables(db, [spec]).is_empty


INDEXED = changed(ID, NUMBER, NOTE, keys=(KeySpec("number", ("number",)),))


def test_indexes_are_named_after_table_and_key(db: sqlite3.Connection) -> None:
    filled(db)
    plan = sync(db, INDEXED)
    assert plan.changes[0].action is TableAction.INDEXES
    assert plan.changes[0].created_indexes == ("i_m_Numbers_number",)


@pytest.mark.parametrize(
    "key",
    [KeySpec("number", ("number",), unique=True), KeySpec("number", ("number", "note"))],
    ids=["kind", "columns"],
)
def test_a_changed_index_is_made_anew(db: sqlite3.Connection, key: KeySpec) -> None:
    filled(db, INDEXED)
    plan = sync(db, replace(INDEXED, keys=(key,)))
    assert plan.changes[0].dropped_indexes == ("i_m_Numbers_number",)
    assert plan.changes[0].created_indexes == ("i_m_Numbers_number",)


def test_an_undeclared_index_goes_but_that_of_a_constraint_stays(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE t (a VARCHAR NOT NULL UNIQUE)")
    db.execute("CREATE INDEX other ON t (a)")
    plan = sync(db, TableSpec("t", (ColumnSpec("a"),)))
    assert plan.changes[0].dropped_indexes == ("other",)
    assert len(rows(db, "PRAGMA index_list('t')")) == 1


def test_a_unique_index_over_equal_rows_leaves_everything_as_it_was(
    db: sqlite3.Connection,
) -> None:
    filled(db)
    db.execute("UPDATE m_Numbers SET number = '100'")
    db.commit()
    before = "\n".join(db.iterdump())
    spec = changed(ID, replace(NUMBER, unique=True), NOTE, ColumnSpec("x", nullable=True))
    with pytest.raises(ModuleError) as caught:
        sync(db, spec)
    assert caught.value.slug == "table-rows-conflict"
    assert "\n".join(db.iterdump()) == before


def test_indexes_survive_a_rebuild(db: sqlite3.Connection) -> None:
    filled(db, INDEXED)
    sync(db, replace(INDEXED, columns=(ID, replace(NUMBER, length=9), NOTE)))
    assert [row[1] for row in rows(db, "PRAGMA index_list('m_Numbers')")] == ["i_m_Numbers_number"]


def test_equal_index_names_of_two_tables_do_not_collide(db: sqlite3.Connection) -> None:
    column = ColumnSpec("c", nullable=True)
    one = TableSpec("a", (column,), (KeySpec("b_c", ("c",)),))
    two = TableSpec("a_b", (column,), (KeySpec("c", ("c",)),))
    plan = sync(db, one, two)
    names = [change.created_indexes[0] for change in plan.changes]
    assert names[0] == "i_a_b_c"
    assert names[1].startswith("i_a_b_c_")


def test_tables_that_are_no_longer_declared_are_kept_and_reported(db: sqlite3.Connection) -> None:
    filled(db)
    plan = sync(db, TableSpec("other", (ID,)))
    assert plan.kept_tables == ("m_Numbers",)
    assert rows(db, "SELECT count(*) FROM m_Numbers") == [(2,)]


def test_views_on_a_rebuilt_table_go_on_working(db: sqlite3.Connection) -> None:
    filled(db)
    db.execute("CREATE VIEW v AS SELECT number FROM m_Numbers")
    sync(db, changed(ID, replace(NUMBER, length=80), NOTE))
    assert rows(db, "SELECT * FROM v") == [("100",), ("200",)]


def test_settings_of_the_connection_are_put_back(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys = 1")
    sync(db, NUMBERS)
    assert rows(db, "PRAGMA foreign_keys") == [(1,)]
    assert rows(db, "PRAGMA legacy_alter_table") == [(0,)]
    assert db.isolation_level == ""


def test_an_open_transaction_is_a_mistake_of_the_caller(db: sqlite3.Connection) -> None:
    sync(db, NUMBERS)
    db.execute("INSERT INTO m_Numbers (number) VALUES ('1')")
    with pytest.raises(ValueError, match="open transaction"):
        apply_tables(db, TablePlan())


@pytest.mark.parametrize(
    ("spec", "slug"),
    [
        (TableSpec('t"; DROP TABLE x', (ID,)), "table-bad-name"),
        (TableSpec("sqlite_x", (ID,)), "table-bad-name"),
        (TableSpec("t", (ColumnSpec("a b"),)), "table-bad-name"),
        (TableSpec("t", (ID,), (KeySpec("a'", ("id",)),)), "table-bad-name"),
        (TableSpec("t", ()), "table-without-columns"),
        (TableSpec("t", (ID, replace(ID, name="id2"))), "table-two-counters"),
        (TableSpec("t", (ID,), (KeySpec("k", ("nothing",)),)), "table-key-unknown-column"),
        (TableSpec("t", (ID,), (KeySpec("k", ()),)), "table-key-unknown-column"),
    ],
)
def test_a_declaration_that_no_database_can_hold_is_refused(
    db: sqlite3.Connection, spec: TableSpec, slug: str
) -> None:
    with pytest.raises(Refused) as caught:
        plan_tables(db, [spec])
    assert caught.value.slug == slug


def test_two_tables_of_one_name_in_other_case_are_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(Refused) as caught:
        plan_tables(db, [TableSpec("Foo", (ID,)), TableSpec("foo", (ID,))])
    assert caught.value.slug == "table-declared-twice"
