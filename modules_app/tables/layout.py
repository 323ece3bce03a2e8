"""From a declared table to what SQLite shall hold: spelled types, primary key, indexes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from modules_app.domain.foreign_keys import by_name, possible_keys
from modules_app.domain.tables import ColumnSpec, ColumnType, ForeignKeySpec, KeySpec, TableSpec
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.tables.names import check_sql_name, literal, quote

_SPELLING = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.TEXT: "TEXT",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.BIGINT: "BIGINT",
    ColumnType.SMALLINT: "SMALLINT",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DECIMAL: "NUMERIC",
    ColumnType.FLOAT: "DOUBLE PRECISION",
    ColumnType.BLOB: "BLOB",
    ColumnType.DATETIME: "DATETIME",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    # A declared type JSON would have numeric affinity and turn the document "1" into a number.
    ColumnType.JSON: "TEXT",
}
_INTEGERS = {ColumnType.INTEGER, ColumnType.BIGINT, ColumnType.SMALLINT}
_NUMBERS = {*_INTEGERS, ColumnType.DECIMAL, ColumnType.FLOAT}
_BOOLEANS = {"true": "1", "false": "0"}
_FILLINGS = {
    **dict.fromkeys((*_NUMBERS, ColumnType.BOOLEAN), "0"),
    ColumnType.DATETIME: "'1970-01-01 00:00:00'",
    ColumnType.DATE: "'1970-01-01'",
    ColumnType.TIME: "'00:00:00'",
}
"""What MySQL puts into rows that lack a required value; its year 0 is no date to Python."""
_CLOCKS = {
    ColumnType.DATETIME: "CURRENT_TIMESTAMP",
    ColumnType.DATE: "CURRENT_DATE",
    ColumnType.TIME: "CURRENT_TIME",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as SQLite spells it; ``default`` is an SQL expression, ``key`` counts from 1.

    ``filling`` is the SQL expression for rows that exist already and lack a required value.
    """

    name: str
    type: str
    required: bool = False
    default: str | None = None
    key: int = 0
    filling: str | None = None

    @property
    def has_constant_default(self) -> bool:
        """Tell whether ``ALTER TABLE ADD COLUMN`` may use the default."""
        return self.default is None or self.default not in _CLOCKS.values()

    def definition(self) -> str:
        """Return the column's part of ``CREATE TABLE``, without the primary key."""
        parts = [quote(self.name), self.type]
        if self.required:
            parts.append("NOT NULL")
        if self.default is not None:
            parts.append(f"DEFAULT {self.default}")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Index:
    """An index that belongs to the declaration."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False

    def definition(self, table: str) -> str:
        """Return the ``CREATE INDEX`` statement."""
        columns = ", ".join(quote(column) for column in self.columns)
        kind = "UNIQUE INDEX" if self.unique else "INDEX"
        return f"CREATE {kind} {quote(self.name)} ON {quote(table)} ({columns})"


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole table in SQLite's terms."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    autoincrement: bool = False
    foreign_keys: tuple[ForeignKeySpec, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Return the primary key's columns in key order."""
        return tuple(c.name for c in sorted(self.columns, key=lambda c: c.key) if c.key)

    def create(self, name: str = "") -> str:
        """Return ``CREATE TABLE``, under another name when one is given."""
        lines = [self._line(column) for column in self.columns]
        if self.key and not self.autoincrement:
            lines.append("PRIMARY KEY (" + _listed(self.key) + ")")
        lines += [_foreign_line(key) for key in self.foreign_keys]
        return f"CREATE TABLE {quote(name or self.name)} ({', '.join(lines)})"

    def _line(self, column: Column) -> str:
        if self.autoincrement and column.key:
            return f"{quote(column.name)} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
        return column.definition()


def layouts_of(specs: Iterable[TableSpec]) -> tuple[Layout, ...]:
    """Return the layouts of declared tables; raise ``Refused`` for what no database can hold.

    Index names are ``i_<table>_<name>`` (reference M5.2). SQLite has one name space for the tables
    and indexes of a file, so a name that would be taken gets a short digest appended.
    """
    tables = by_name(specs := list(specs))
    layouts = [layout_of(spec, tables) for spec in specs]
    taken: set[str] = set()
    for layout in layouts:
        if layout.name.lower() in taken:
            raise _declared_twice(layout.name)
        taken.add(layout.name.lower())
    return tuple(_with_free_names(layout, taken) for layout in layouts)


def layout_of(spec: TableSpec, tables: Mapping[str, TableSpec] | None = None) -> Layout:
    """Return one table's layout; raise ``Refused`` for bad names and impossible keys.

    ``tables`` are those that foreign keys may refer to, by folded name; only the table itself if
    not given. A foreign key that cannot be made is left out, as the package's report says.

    A column or key given twice counts once, the later one wins (as in both contracts). A table
    whose autoincrement column is not the whole primary key gets it as primary key, as SQLite asks,
    and a unique index over the declared key.
    """
    fields = {column.name.lower(): column for column in spec.columns}
    names = [check_sql_name(name) for name in (spec.name, *(c.name for c in fields.values()))]
    if len(names) == 1:
        raise Refused(
            "table-without-columns",
            _("The table {table} declares no column."),
            context={"table": spec.name},
        )
    counting = [column.name for column in fields.values() if column.autoincrement]
    if len(counting) > 1:
        raise Refused(
            "table-two-counters",
            _("The table {table} declares more than one autoincrement column: {columns}."),
            context={"table": spec.name, "columns": ", ".join(counting)},
        )
    declared_key = [column.name for column in fields.values() if column.primary]
    key = counting or declared_key
    columns = tuple(
        _column(column, key, bool(counting), fills=spec.like_doctrine)
        for column in fields.values()
    )
    extra = [("primary", tuple(declared_key), True)] if counting and declared_key[1:] else []
    if counting and declared_key and counting[0] not in declared_key:
        extra = [("primary", tuple(declared_key), True)]
    foreign = possible_keys(spec, by_name([spec]) if tables is None else tables)
    return Layout(spec.name, columns, _indexes(spec, fields, extra), bool(counting), foreign)


def column_of(spec: ColumnSpec) -> Column:
    """Return a column that a table gets later; rows that exist are filled (reference F1.3)."""
    return _column(spec, (), counted=False, fills=True)


def index_of(table: str, key: KeySpec) -> Index:
    """Return an index that a table gets later; its columns are not looked at."""
    return Index(index_name(table, check_sql_name(key.name)), key.columns, key.unique)


def index_name(table: str, name: str) -> str:
    """Return what the index of a key is called in the file (reference M5.2)."""
    return f"i_{table}_{name}"


def _column(spec: ColumnSpec, key: Sequence[str], counted: bool, *, fills: bool) -> Column:
    position = key.index(spec.name) + 1 if spec.name in key else 0
    if position and counted:
        return Column(spec.name, "INTEGER", required=True, key=position)
    required = not spec.nullable or bool(position)
    filling = _FILLINGS.get(spec.type, "''") if fills and required else None
    return Column(spec.name, spell(spec), required, _default(spec), position, filling)


def spell(spec: ColumnSpec) -> str:
    """Return the declared type in SQL (reference M5.2, F1.3)."""
    word = _SPELLING[spec.type]
    if spec.type is ColumnType.STRING:
        word = "CHAR" if spec.fixed else word
        return f"{word}({int(spec.length)})" if spec.length else word
    if spec.type in _NUMBERS and spec.unsigned:
        word = f"{word} UNSIGNED"
    if spec.type is ColumnType.DECIMAL:
        precision = 10 if spec.precision is None else spec.precision
        return f"{word}({int(precision)},{int(spec.scale or 0)})"
    return word


def _default(spec: ColumnSpec) -> str | None:
    if spec.default is None:
        return None
    if spec.default.upper() == _CLOCKS.get(spec.type):
        return spec.default.upper()
    if spec.type is ColumnType.BOOLEAN:
        return literal(_BOOLEANS.get(spec.default.lower(), spec.default))
    return literal(spec.default)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in names)


def _foreign_line(key: ForeignKeySpec) -> str:
    return (
        f"FOREIGN KEY ({_listed(key.columns)}) REFERENCES {quote(key.table)}"
        f" ({_listed(key.references)}) ON UPDATE {key.on_update} ON DELETE {key.on_delete}"
    )


def _indexes(
    spec: TableSpec, fields: dict[str, ColumnSpec], extra: list[tuple[str, tuple[str, ...], bool]]
) -> tuple[Index, ...]:
    wanted = extra + [(key.name, key.columns, key.unique) for key in spec.keys]
    single = {columns[0].lower() for _name, columns, unique in wanted if unique and not columns[1:]}
    for column in fields.values():
        if column.unique and column.name.lower() not in single:
            wanted.append((f"{column.name}_unique", (column.name,), True))
    by_name = {entry[0].lower(): entry for entry in wanted}
    return tuple(_index(spec.name, fields, *entry) for entry in by_name.values())


def _index(
    table: str, fields: dict[str, ColumnSpec], name: str, columns: tuple[str, ...], unique: bool
) -> Index:
    unknown = [column for column in columns if column.lower() not in fields]
    if unknown or not columns:
        raise Refused(
            "table-key-unknown-column",
            _("The index {index} of table {table} names no known column: {columns}."),
            context={"index": name, "table": table, "columns": ", ".join(unknown)},
        )
    own = dict.fromkeys(fields[column.lower()].name for column in columns)
    return Index(index_name(table, check_sql_name(name)), tuple(own), unique)


def _declared_twice(table: str) -> Refused:
    return Refused(
        "table-declared-twice",
        _("The table {table} is declared twice."),
        context={"table": table},
        hint=_("Names that differ only in upper and lower case are the same to SQLite."),
    )


def _with_free_names(layout: Layout, taken: set[str]) -> Layout:
    indexes = []
    for index in layout.indexes:
        name = index.name
        if name.lower() in taken:
            digest = hashlib.sha256(f"{layout.name}\n{name}".encode()).hexdigest()[:8]
            name = f"{name}_{digest}"
        taken.add(name.lower())
        indexes.append(replace(index, name=name))
    return replace(layout, indexes=tuple(indexes))
