"""Running what a script comes to: in one transaction, losing nothing that was there before.

The rule for a script that runs again on every upgrade: a table or column that exists is left as it
is; rows are inserted only into tables that this very operation has made; a drop is carried out only
when no row and no value goes with it. So the same script may run any number of times.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from modules_app.domain.foreign_keys import by_name
from modules_app.domain.tables import TableSpec
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.sqlscript.altering import KEPT_NAME, Altering, rename_table
from modules_app.sqlscript.statements import (
    AddColumn,
    AddIndex,
    CreateTable,
    DropColumn,
    DropTable,
    InsertRows,
    RenameTable,
    Script,
    Statement,
)
from modules_app.tables.changes import change_of
from modules_app.tables.layout import Column, Layout, column_of, index_of, layout_of
from modules_app.tables.names import literal, quote
from modules_app.tables.schema import has_rows, has_value, read_layout
from modules_app.tables.sqlite import schema_mode

Sentence = tuple[str, dict[str, Any]]
_LOOKING = {"table_info", "table_list", "index_list", "index_info", "foreign_key_list"}
_FORBIDDEN = {
    sqlite3.SQLITE_ATTACH,
    sqlite3.SQLITE_DETACH,
    sqlite3.SQLITE_CREATE_TRIGGER,
    sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
    sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_CREATE_TEMP_VIEW,
    sqlite3.SQLITE_CREATE_VTABLE,
}
_FORBIDDEN_FUNCTIONS = {"load_extension", "readfile", "writefile", "fts3_tokenizer"}

_KEPT_TABLE = _("The table {table} was not dropped, because rows would be lost: it is kept.")
_KEPT_DECLARED = _("The table {table} was not dropped, because module.xml declares it.")
_KEPT_COLUMN = _("The column {column} of {table} was not dropped: it is kept with its values.")
_ROWS_LEFT_OUT = _("Rows for the table {table} were left out, because it existed before.")
_TAKEN_TABLE = _(
    "The table {table} was not renamed, because there is a table {new}. Its rows are kept."
)
_NO_TABLE = _("There is no table {table}, so nothing was done to it.")


@dataclass(slots=True)
class Applied:
    """What a script did: the tables that it made, and what it left out, as unfilled sentences."""

    created: list[str] = field(default_factory=list)
    left_out: list[Sentence] = field(default_factory=list)


def apply_script(
    connection: sqlite3.Connection,
    script: Script,
    *,
    declared: Collection[TableSpec],
    fresh: Collection[str],
) -> Applied:
    """Run a script wholly or not at all.

    ``declared`` are the tables of ``<database>``, ``fresh`` the names of those that this operation
    has made. Must not be called inside a transaction. Raises ``ModuleError`` "script-failed" with
    the line when a statement does not fit the data; nothing of the script is done then.
    """
    run = _Run(connection, script, declared, fresh)
    with schema_mode(connection), _guarded(connection):
        connection.execute("BEGIN IMMEDIATE")
        for statement in script.statements:
            try:
                run.one(statement)
            except (sqlite3.Error, ModuleError, OverflowError) as error:
                connection.execute("ROLLBACK")
                raise _failure(statement, error) from error
        connection.execute("COMMIT")
    return run.applied


class _Run:
    def __init__(
        self,
        connection: sqlite3.Connection,
        script: Script,
        declared: Collection[TableSpec],
        fresh: Collection[str],
    ) -> None:
        self._db = connection
        self._declared = by_name(declared)
        created = [one.spec for one in script.statements if isinstance(one, CreateTable)]
        self._known = {**by_name(created), **self._declared}
        self._fresh = {name.lower() for name in fresh}
        self.applied = Applied()
        self._steps: dict[type, Callable[[Any, Layout], None]] = {
            AddColumn: self._add_column,
            AddIndex: self._add_index,
            InsertRows: self._insert,
            DropTable: self._drop_table,
            DropColumn: self._drop_column,
            RenameTable: self._rename_table,
            **Altering(connection, self._declared, self._leave_out).steps,
        }

    def one(self, statement: Statement) -> None:
        """Run one statement."""
        if isinstance(statement, CreateTable):
            self._create(statement)
            return
        current = read_layout(self._db, statement.table)
        if current is None:
            if not isinstance(statement, DropTable) and not self._was_renamed(statement):
                self._leave_out(_NO_TABLE, table=statement.table)
            return
        self._steps[type(statement)](statement, current)

    def _create(self, statement: CreateTable) -> None:
        if read_layout(self._db, statement.table) is not None:
            return
        self._execute(*change_of(self._db, layout_of(statement.spec, self._known), None).statements)
        self._fresh.add(statement.table.lower())
        self.applied.created.append(statement.table)

    def _add_column(self, statement: AddColumn, current: Layout) -> None:
        column = column_of(statement.column)
        if column.name.lower() in _names(current.columns):
            return
        wanted = replace(current, columns=(*current.columns, column))
        self._execute(*change_of(self._db, wanted, current).statements)

    def _add_index(self, statement: AddIndex, current: Layout) -> None:
        index = index_of(current.name, statement.key)
        missing = [c for c in index.columns if c.lower() not in _names(current.columns)]
        if missing:  # SQLite would take the quoted name for a text
            raise sqlite3.OperationalError(f"no such column: {missing[0]}")
        if index.name.lower() not in {one.name.lower() for one in current.indexes}:
            self._execute(index.definition(current.name))

    def _insert(self, statement: InsertRows, current: Layout) -> None:
        if current.name.lower() not in self._fresh:
            self._leave_out(_ROWS_LEFT_OUT, table=current.name)
            return
        names = statement.columns or tuple(column.name for column in current.columns)
        filled = self._filled(names, current)
        columns = ", ".join(quote(name) for name in (*names, *(name for name, _value in filled)))
        marks = ", ".join([*"?" * len(names), *(value for _name, value in filled)])
        self._db.executemany(
            f"INSERT OR {statement.conflict} INTO {quote(current.name)} ({columns})"
            f" VALUES ({marks})",
            statement.rows,
        )

    def _filled(self, names: Collection[str], current: Layout) -> list[tuple[str, str]]:
        """Return what MySQL puts into required columns that an INSERT does not name."""
        named = {name.lower() for name in names}
        counted = current.key if current.autoincrement else ()
        return [
            (column.name, "0" if _is_number(column) else literal(""))
            for column in current.columns
            if column.required
            and column.default is None
            and column.name not in counted
            and column.name.lower() not in named
        ]

    def _drop_table(self, statement: DropTable, current: Layout) -> None:
        name = current.name.lower()
        if name in self._declared:
            self._leave_out(_KEPT_DECLARED, table=current.name)
        elif name not in self._fresh and has_rows(self._db, current.name):
            self._leave_out(_KEPT_TABLE, table=current.name)
        else:
            self._execute(f"DROP TABLE {quote(current.name)}")
            self._fresh.discard(name)

    def _drop_column(self, statement: DropColumn, current: Layout) -> None:
        present = _names(current.columns)
        if statement.column.lower() not in present:
            return
        name = present[statement.column.lower()]
        table = self._declared.get(current.name.lower())
        declared = table is not None and name.lower() in {c.name.lower() for c in table.columns}
        in_key = name in current.key or any(name in index.columns for index in current.indexes)
        if declared or in_key or len(present) == 1 or has_value(self._db, current.name, name):
            self._leave_out(_KEPT_COLUMN, table=current.name, column=name)
        else:
            self._execute(f"ALTER TABLE {quote(current.name)} DROP COLUMN {quote(name)}")

    def _was_renamed(self, statement: Statement) -> bool:
        """Tell whether an earlier run of the script has done it."""
        return (
            isinstance(statement, RenameTable) and read_layout(self._db, statement.new) is not None
        )

    def _rename_table(self, statement: RenameTable, current: Layout) -> None:
        old = current.name.lower()
        if old in self._declared:
            self._leave_out(KEPT_NAME, table=current.name, old=current.name)
        elif read_layout(self._db, statement.new) is not None:
            self._leave_out(_TAKEN_TABLE, table=current.name, new=statement.new)
        else:
            rename_table(self._db, current.name, statement.new)
            if old in self._fresh:
                self._fresh.add(statement.new.lower())

    def _leave_out(self, sentence: str, **context: str) -> None:
        if (sentence, context) not in self.applied.left_out:
            self.applied.left_out.append((sentence, context))

    def _execute(self, *statements: str) -> None:
        for statement in statements:
            self._db.execute(statement)


def _names(columns: Collection[Column]) -> dict[str, str]:
    return {column.name.lower(): column.name for column in columns}


def _is_number(column: Column) -> bool:
    words = ("INT", "NUM", "REAL", "DOUB", "FLOA", "BOOL")
    return any(word in column.type.upper() for word in words)


@contextmanager
def _guarded(connection: sqlite3.Connection) -> Iterator[None]:
    """Let SQLite itself refuse what no script may do, should anything ever reach it."""
    connection.set_authorizer(_may)
    try:
        yield
    finally:
        connection.set_authorizer(None)


def _may(action: int, one: str | None, two: str | None, *_where: str | None) -> int:
    if action in _FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (one or "").lower() not in _LOOKING:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _failure(statement: Statement, error: Exception) -> ModuleError:
    return ModuleError(
        "script-failed",
        _("Line {line} of install.sql could not be run on the table {table}: {reason}."),
        context={"line": statement.line, "table": statement.table, "reason": str(error)},
        hint=_("Nothing of the script was done. Tell the module's author."),
    )
