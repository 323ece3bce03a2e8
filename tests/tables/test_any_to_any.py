"""From any declared table to any other with the same primary key, rows survive."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.domain.renames import find_renames
from modules_app.domain.tables import ColumnSpec, ColumnType, KeySpec, TableSpec
from modules_app.exceptions import ModuleError
from modules_app.tables.sqlite import apply_tables, plan_tables

ID = ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True)
NAMES = ["a", "b", "c", "order", "Group"]


@st.composite
def tables(draw: st.DrawFn) -> TableSpec:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    columns = [
        ColumnSpec(
            name,
            draw(st.sampled_from(ColumnType)),
            length=draw(st.none() | st.integers(1, 300)),
            nullable=draw(st.booleans()),
            default=draw(st.none() | st.sampled_from(["", "0", "it's", '"x"', "NULL"])),
            unsigned=draw(st.booleans()),
        )
        for name in names
    ]
    key = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    keys = (KeySpec("k", tuple(key)),) if key else ()
    return TableSpec("t", (ID, *columns), keys)


@settings(max_examples=150, deadline=None)
@given(tables(), tables(), tables())
def test_rows_of_common_columns_survive(one: TableSpec, two: TableSpec, three: TableSpec) -> None:
    db = sqlite3.connect(":memory:")
    apply_tables(db, plan_tables(db, [one]))
    names = [column.name for column in one.columns[1:]]
    for number in range(3):
        values = {name: f"value {name} {number}" for name in names}
        columns = ", ".join(f'"{name}"' for name in ["id", *names])
        marks = ", ".join("?" * (len(names) + 1))
        db.execute(f"INSERT INTO t ({columns}) VALUES ({marks})", [number + 1, *values.values()])
    db.commit()
    for spec in (two, three):
        try:
            apply_tables(db, plan_tables(db, [spec]))
        except ModuleError as error:
            assert error.slug == "table-needs-default"
        else:
            assert plan_tables(db, [spec]).is_empty
        for name in names:
            assert values_of(db, name) == [f"value {name} {number}" for number in range(3)]
    db.close()


@settings(max_examples=150, deadline=None)
@given(tables(), tables(), tables())
def test_like_doctrine_every_step_succeeds_and_renames_keep_values(
    one: TableSpec, two: TableSpec, three: TableSpec
) -> None:
    """No declaration of another version is refused, and a value is never lost, only renamed."""
    before, *later = (replace(spec, like_doctrine=True) for spec in (one, two, three))
    db = sqlite3.connect(":memory:")
    apply_tables(db, plan_tables(db, [before]))
    names = {column.name: column.name for column in before.columns[1:]}
    columns = ", ".join(f'"{name}"' for name in ["id", *names])
    marks = ", ".join("?" * (len(names) + 1))
    db.execute(f"INSERT INTO t ({columns}) VALUES ({marks})", [1, *map("value {}".format, names)])
    db.commit()
    for spec in later:
        renames = find_renames([before], [spec])
        plan = plan_tables(db, [spec], renames)
        apply_tables(db, plan)
        assert plan_tables(db, [spec]).is_empty
        renamed = dict(plan.changes[0].renamed)
        names = {origin: renamed.get(name, name) for origin, name in names.items()}
        for origin, name in names.items():
            assert values_of(db, name) == [f"value {origin}"]
        if not required(spec):  # then what is kept must not stand in the way of a new row
            db.execute("INSERT INTO t DEFAULT VALUES")
        db.execute("DELETE FROM t WHERE id > 1")
        db.commit()
        before = spec
    db.close()


def required(spec: TableSpec) -> bool:
    """Tell whether a row of this table needs a value that somebody must give."""
    return any(not one.nullable and one.default is None for one in spec.columns[1:])


def values_of(db: sqlite3.Connection, name: str) -> list[object]:
    """Return what a column holds."""
    return [row[0] for row in db.execute(f'SELECT "{name}" FROM t ORDER BY id')]
