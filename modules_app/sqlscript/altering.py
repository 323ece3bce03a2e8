"""Changing what a table is: its primary key, its columns' definitions and names, its own name.

What SQLite cannot change in place is made by a rebuild of the table, all rows kept. A column or key
that ``<database>`` declares is left alone: the declaration has the last word anyway.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from modules_app.domain.tables import ColumnSpec, TableSpec
from modules_app.exceptions import gettext_noop as _
from modules_app.sqlscript.statements import AddPrimaryKey, ChangeColumn, DropIndex, RenameColumn
from modules_app.tables.changes import change_of
from modules_app.tables.layout import Column, Index, Layout, column_of, index_name
from modules_app.tables.names import quote
from modules_app.tables.schema import is_plain, read_layout, table_names

KEPT_NAME = _("“{old}” of the table {table} was left as it is, because module.xml declares it.")
_TAKEN_COLUMN = _("In {table} the column {old} was not renamed, because there is a column {new}.")
_NO_COLUMN = _("The table {table} has no column {column}, so nothing was done to it.")
_OTHER_KEY = _("The table {table} has another primary key already, which is kept.")
_NEEDED_INDEX = _("The index {name} of {table} was not dropped: a foreign key needs it.")
_NOT_PLAIN = _("The table {table} was left as it is: it holds what would be lost by a change.")
_NO_COUNTER = _("The column {column} of {table} cannot count up: it is not the primary key.")


class LeaveOut(Protocol):
    """Notes down, as an unfilled sentence, what is not done."""

    def __call__(self, sentence: str, **context: str) -> None: ...


class Altering:
    """The statements that alter one table that is there; ``steps`` says which method runs which."""

    def __init__(
        self, db: sqlite3.Connection, declared: Mapping[str, TableSpec], leave_out: LeaveOut
    ) -> None:
        self._db = db
        self._declared = declared
        self._leave_out = leave_out
        self.steps: dict[type, Callable[[Any, Layout], None]] = {
            AddPrimaryKey: self._add_primary_key,
            ChangeColumn: self._change_column,
            RenameColumn: self._rename_column,
            DropIndex: self._drop_index,
        }

    def _add_primary_key(self, statement: AddPrimaryKey, current: Layout) -> None:
        wanted = [name.lower() for name in statement.columns]
        missing = [name for name in wanted if _find(current, name) is None]
        if missing:
            raise sqlite3.OperationalError(f"no such column: {missing[0]}")
        if [name.lower() for name in current.key] == wanted:
            return
        if current.key:
            self._leave_out(_OTHER_KEY, table=current.name)
        elif current.name.lower() in self._declared:
            self._leave_out(KEPT_NAME, table=current.name, old=", ".join(statement.columns))
        else:
            self._become(current, _with_key(current, wanted))

    def _change_column(self, statement: ChangeColumn, current: Layout) -> None:
        new = statement.column.name
        if self._renamed(current, statement.old, new):
            current = read_layout(self._db, current.name) or current
            column = _find(current, new)
            if column is not None:
                self._redefine(current, column, statement.column)

    def _redefine(self, current: Layout, column: Column, spec: ColumnSpec) -> None:
        counts = current.autoincrement and bool(column.key)
        if spec.autoincrement and current.key != (column.name,):
            self._leave_out(_NO_COUNTER, table=current.name, column=column.name)
            return
        made = replace(column_of(replace(spec, autoincrement=False)), key=column.key)
        if spec.autoincrement:
            made = Column(column.name, "INTEGER", required=True, key=column.key)
        elif column.key:
            made = replace(made, required=True)
        columns = tuple(made if one is column else one for one in current.columns)
        counter = spec.autoincrement or (current.autoincrement and not counts)
        self._become(current, replace(current, columns=columns, autoincrement=counter))

    def _rename_column(self, statement: RenameColumn, current: Layout) -> None:
        self._renamed(current, statement.old, statement.new)

    def _renamed(self, current: Layout, old: str, new: str) -> bool:
        """Tell whether the column has its new name now, by this run or an earlier one."""
        present, taken = _find(current, old), _find(current, new)
        if self._declares(current, old) or (present is None and self._declares(current, new)):
            self._leave_out(KEPT_NAME, table=current.name, old=old)
            return False
        if present is None:
            if taken is None:
                self._leave_out(_NO_COLUMN, table=current.name, column=old)
            return taken is not None
        if taken is not None and taken is not present:
            self._leave_out(_TAKEN_COLUMN, table=current.name, old=old, new=new)
            return False
        if present.name != new:
            self._db.execute(
                f"ALTER TABLE {quote(current.name)}"
                f" RENAME COLUMN {quote(present.name)} TO {quote(new)}"
            )
        return True

    def _drop_index(self, statement: DropIndex, current: Layout) -> None:
        name = index_name(current.name, statement.name).lower()
        index = next((one for one in current.indexes if one.name.lower() == name), None)
        if index is None:
            return
        spec = self._declared.get(current.name.lower())
        if spec and statement.name.lower() in {key.name.lower() for key in spec.keys}:
            self._leave_out(KEPT_NAME, table=current.name, old=statement.name)
        elif index.unique and self._is_referred_to(current, index):
            self._leave_out(_NEEDED_INDEX, table=current.name, name=statement.name)
        else:
            self._db.execute(f"DROP INDEX {quote(index.name)}")

    def _declares(self, current: Layout, column: str) -> bool:
        spec = self._declared.get(current.name.lower())
        return bool(spec) and column.lower() in {one.name.lower() for one in spec.columns}

    def _is_referred_to(self, current: Layout, index: Index) -> bool:
        wanted = {column.lower() for column in index.columns}
        layouts = [read_layout(self._db, name) for name in table_names(self._db)]
        return any(
            key.table.lower() == current.name.lower()
            and {column.lower() for column in key.references} == wanted
            for layout in layouts
            if layout is not None
            for key in layout.foreign_keys
        )

    def _become(self, current: Layout, wanted: Layout) -> None:
        if not is_plain(self._db, current):
            self._leave_out(_NOT_PLAIN, table=current.name)
            return
        for statement in change_of(self._db, wanted, current).statements:
            self._db.execute(statement)


def rename_table(db: sqlite3.Connection, old: str, new: str) -> None:
    """Rename a table, the indexes that carry its name, and what foreign keys call it."""
    db.execute(f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}")
    for name in table_names(db):
        layout = read_layout(db, name)
        if layout is not None:
            wanted = _with_new_table(layout, old, new)
            for statement in change_of(db, wanted, layout).statements:
                db.execute(statement)


def _with_new_table(layout: Layout, old: str, new: str) -> Layout:
    keys = tuple(
        replace(key, table=new) if key.table.lower() == old.lower() else key
        for key in layout.foreign_keys
    )
    prefix = index_name(old, "").lower()
    is_it = layout.name.lower() == new.lower()
    indexes = tuple(
        replace(index, name=index_name(new, index.name[len(prefix) :]))
        if is_it and index.name.lower().startswith(prefix)
        else index
        for index in layout.indexes
    )
    return replace(layout, foreign_keys=keys, indexes=indexes)


def _with_key(current: Layout, key: list[str]) -> Layout:
    columns = tuple(
        replace(one, required=True, key=key.index(one.name.lower()) + 1)
        if one.name.lower() in key
        else one
        for one in current.columns
    )
    return replace(current, columns=columns)


def _find(current: Layout, name: str) -> Column | None:
    return next((one for one in current.columns if one.name.lower() == name.lower()), None)
