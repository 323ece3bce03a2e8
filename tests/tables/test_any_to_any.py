"""From any declared table to any other with the same primary key, rows survive."""

from __future__ import annotations

import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

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
            found = [row[0] for row in db.execute(f'SELECT "{name}" FROM t ORDER BY id')]
            assert found == [f"value {name} {number}" for number in range(3)]
    db.close()
