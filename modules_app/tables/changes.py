"""One table: the difference between what is and what shall be, and the SQL that closes it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from modules_app.domain.renames import Rename
from modules_app.domain.tables import ForeignKeySpec
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.tables.layout import Column, Index, Layout
from modules_app.tables.names import quote
from modules_app.tables.plan import TableAction, TableChange
from modules_app.tables.schema import has_null, has_rows

_NEW = "new of "
_TYPE_TEXT = re.compile(r"[A-Za-z0-9_ (),]*\Z")


@dataclass(frozen=True, slots=True)
class _Difference:
    """Columns by what happens to them; names of ``kept`` are those of the database."""

    added: tuple[Column, ...]
    changed: tuple[Column, ...]
    kept: tuple[Column, ...]
    new_key: bool
    new_foreign_keys: bool


def change_of(
    connection: sqlite3.Connection,
    wanted: Layout,
    current: Layout | None,
    renames: Collection[Rename] = (),
) -> TableChange:
    """Return the change for one table by the rules of reference M5.3, extra columns preserved.

    Of ``renames`` those of this table are carried out that still fit what the database holds.
    """
    if current is None:
        return _creation(wanted)
    renamed = _fitting(renames, wanted, current)
    before, current = current, _with_new_names(current, renamed)
    difference = _compare(wanted, current)
    dropped, created = _index_changes(wanted.indexes, current.indexes)
    added = tuple(column.name for column in difference.added)
    changed = tuple(column.name for column in difference.changed)
    kept = tuple(column.name for column in difference.kept)
    if _needs_rebuild(difference):
        _check_rows(connection, wanted, before, difference, renamed)
        action = TableAction.REBUILD
        statements = _rebuild(wanted, current, difference)
    elif difference.added:
        action = TableAction.ADD_COLUMNS
        statements = _additions(current, difference.added)
    else:
        action = TableAction.INDEXES if dropped or created else TableAction.NOTHING
        action = TableAction.RENAME_COLUMNS if renamed else action
        statements = []
    if action is not TableAction.REBUILD:
        statements = [f"DROP INDEX {quote(index.name)}" for index in dropped] + statements
        statements += [index.definition(current.name) for index in created]
    return TableChange(
        table=current.name,
        action=action,
        added=added,
        changed=changed,
        kept=kept,
        created_indexes=tuple(index.name for index in created),
        dropped_indexes=tuple(index.name for index in dropped),
        statements=(*_renamings(current.name, renamed), *statements),
        renamed=tuple((old, new) for new, old in renamed.items()),
        foreign_keys=bool(wanted.foreign_keys) and action is TableAction.REBUILD,
    )


def _fitting(renames: Collection[Rename], wanted: Layout, current: Layout) -> dict[str, str]:
    """Return the old name of each column that gets a new one."""
    present = {column.name.lower(): column.name for column in current.columns}
    declared = {column.name.lower(): column.name for column in wanted.columns}
    return {
        declared[one.new.lower()]: present[one.old.lower()]
        for one in renames
        if one.table.lower() == wanted.name.lower()
        and one.new.lower() in declared
        and one.new.lower() not in present
        and one.old.lower() in present
        and one.old.lower() not in declared
    }


def _with_new_names(current: Layout, renamed: Mapping[str, str]) -> Layout:
    new_names = {old: new for new, old in renamed.items()}

    def named(columns: Sequence[str]) -> tuple[str, ...]:
        return tuple(new_names.get(name, name) for name in columns)

    return replace(
        current,
        columns=tuple(replace(c, name=new_names.get(c.name, c.name)) for c in current.columns),
        indexes=tuple(replace(i, columns=named(i.columns)) for i in current.indexes),
        foreign_keys=tuple(replace(k, columns=named(k.columns)) for k in current.foreign_keys),
    )


def _renamings(table: str, renamed: Mapping[str, str]) -> list[str]:
    return [
        f"ALTER TABLE {quote(table)} RENAME COLUMN {quote(old)} TO {quote(new)}"
        for new, old in renamed.items()
    ]


def _creation(wanted: Layout) -> TableChange:
    indexes = [index.definition(wanted.name) for index in wanted.indexes]
    return TableChange(
        table=wanted.name,
        action=TableAction.CREATE,
        added=tuple(column.name for column in wanted.columns),
        created_indexes=tuple(index.name for index in wanted.indexes),
        statements=(wanted.create(), *indexes),
    )


def _compare(wanted: Layout, current: Layout) -> _Difference:
    present = {column.name.lower(): column for column in current.columns}
    names = {column.name.lower() for column in wanted.columns}
    added = tuple(c for c in wanted.columns if c.name.lower() not in present)
    both = [(c, present[c.name.lower()]) for c in wanted.columns if c.name.lower() in present]
    return _Difference(
        added=added,
        changed=tuple(new for new, old in both if not _same(new, old)),
        kept=tuple(c for c in current.columns if c.name.lower() not in names),
        new_key=(
            [name.lower() for name in wanted.key] != [name.lower() for name in current.key]
            or wanted.autoincrement != current.autoincrement
        ),
        new_foreign_keys=_folded(wanted.foreign_keys) != _folded(current.foreign_keys),
    )


def _folded(keys: Sequence[ForeignKeySpec]) -> set[tuple[str, ...]]:
    return {
        tuple(
            word.upper()
            for word in (*key.columns, key.table, *key.references, key.on_update, key.on_delete)
        )
        for key in keys
    }


def _same(new: Column, old: Column) -> bool:
    return (
        new.type.upper().split() == old.type.upper().split()
        and new.required == old.required
        and _plain(new.default) == _plain(old.default)
    )


def _plain(default: str | None) -> str | None:
    """Return a default without its quotes: ``"x"``, ``'x'`` and ``x`` count as equal (M5.3)."""
    if default is None or default.upper() == "NULL":
        return None
    mark = default[:1]
    if mark in ("'", '"') and default.endswith(mark) and len(default) > 1:
        return default[1:-1].replace(mark * 2, mark)
    return default


def _needs_rebuild(difference: _Difference) -> bool:
    return bool(
        difference.changed
        or difference.new_key
        or difference.new_foreign_keys
        or any(_blocks_inserts(column) for column in difference.kept)
        or any(not _can_be_added(column) for column in difference.added)
    )


def _can_be_added(column: Column) -> bool:
    return not column.key and column.has_constant_default and not _blocks_inserts(column)


def _blocks_inserts(column: Column) -> bool:
    return column.required and column.default is None


def _check_rows(
    connection: sqlite3.Connection,
    wanted: Layout,
    current: Layout,
    difference: _Difference,
    renamed: Mapping[str, str],
) -> None:
    counted = wanted.key if wanted.autoincrement else ()

    def wants_a_value(column: Column) -> bool:
        has_one = column.filling is not None or column.name in counted
        return _blocks_inserts(column) and not has_one

    lacking = [column.name for column in difference.added if wants_a_value(column)]
    if lacking and not has_rows(connection, current.name):
        lacking = []
    for column in difference.changed:
        name = renamed.get(column.name, column.name)
        if wants_a_value(column) and has_null(connection, current.name, name):
            lacking.append(column.name)
    if lacking:
        raise ModuleError(
            "table-needs-default",
            _("The table {table} has rows without a value for {columns}, which has no default."),
            context={"table": current.name, "columns": ", ".join(lacking)},
            hint=_("Nothing was changed. The author must declare a default or allow empty values."),
        )


def _additions(current: Layout, added: Sequence[Column]) -> list[str]:
    table = quote(current.name)
    return [f"ALTER TABLE {table} ADD COLUMN {column.definition()}" for column in added]


def _rebuild(wanted: Layout, current: Layout, difference: _Difference) -> list[str]:
    """Return SQLite's own recipe: new table, copy what both have, drop, rename, index."""
    old, new = current.name, _NEW + current.name
    target = replace(wanted, columns=wanted.columns + tuple(map(_relaxed, difference.kept)))
    present = {column.name.lower(): column.name for column in current.columns}
    common = [column for column in target.columns if column.name.lower() in present]
    statements = [target.create(new)]
    if target.autoincrement and current.autoincrement:
        statements += [_carry_counter(old, new)]
    copied = [(column.name, _value(column, present[column.name.lower()])) for column in common]
    copied += [(column.name, column.filling) for column in _filled(difference.added, target)]
    if common:
        names = ", ".join(quote(name) for name, _expression in copied)
        values = ", ".join(str(expression) for _name, expression in copied)
        statements.append(
            f"INSERT INTO {quote(new)} ({names}) SELECT {values} FROM {quote(old)}"
        )
    statements.append(f"DROP TABLE {quote(old)}")
    statements.append(f"ALTER TABLE {quote(new)} RENAME TO {quote(old)}")
    return statements + [index.definition(old) for index in wanted.indexes]


def _relaxed(column: Column) -> Column:
    """Return a column nobody declares any more so that new rows may do without it."""
    required = column.required and column.default is not None and not column.key
    default = None if column.default is None else f"({column.default})"
    kind = column.type if _TYPE_TEXT.match(column.type) else ""
    return Column(column.name, kind, required, default)


def _value(column: Column, name: str) -> str:
    instead = column.filling if column.default is None else column.default
    if column.required and instead is not None:
        return f"COALESCE({quote(name)}, {instead})"
    return quote(name)


def _filled(added: Sequence[Column], target: Layout) -> list[Column]:
    """Return the new columns whose values in old rows are neither a default nor a count."""
    counted = target.key if target.autoincrement else ()
    return [
        column
        for column in added
        if column.filling is not None and column.default is None and column.name not in counted
    ]


def _carry_counter(old: str, new: str) -> str:
    names = [name.replace("'", "''") for name in (new, old)]
    return (
        f"INSERT INTO sqlite_sequence (name, seq)"
        f" SELECT '{names[0]}', seq FROM sqlite_sequence WHERE name = '{names[1]}'"
    )


def _index_changes(
    wanted: Sequence[Index], current: Sequence[Index]
) -> tuple[list[Index], list[Index]]:
    """Return the indexes to drop and to create; a changed kind counts as a change."""
    have = {index.name.lower(): index for index in current}
    want = {index.name.lower(): index for index in wanted}
    dropped = [i for i in current if not _same_index(want.get(i.name.lower()), i)]
    created = [i for i in wanted if not _same_index(have.get(i.name.lower()), i)]
    return dropped, created


def _same_index(one: Index | None, other: Index) -> bool:
    return (
        one is not None
        and one.unique == other.unique
        and [c.lower() for c in one.columns] == [c.lower() for c in other.columns]
    )
