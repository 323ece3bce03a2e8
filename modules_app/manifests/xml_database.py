"""The tables that a module.xml declares (reference F1.3, database; R2.3 M17)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modules_app.domain.foreign_keys import by_name, why_not
from modules_app.domain.tables import ColumnSpec, ColumnType, TableSpec
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Spot
from modules_app.manifests.xml_keys import ForeignKey, read_keys, sql_name
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    element_unknown,
    is_true,
    whole_number,
)

MAX_TABLES = 200
MAX_COLUMNS = 500
MAX_DEFAULT = 1000
MAX_STRING = 65_535
"""Characters of a string; a longer one is a text (reference F1.3)."""

TYPES = {
    "string": ColumnType.STRING,
    "text": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "bigint": ColumnType.BIGINT,
    "smallint": ColumnType.SMALLINT,
    "boolean": ColumnType.BOOLEAN,
    "decimal": ColumnType.DECIMAL,
    "float": ColumnType.FLOAT,
    "blob": ColumnType.BLOB,
    "binary": ColumnType.BLOB,
    "datetime": ColumnType.DATETIME,
    "datetimetz": ColumnType.DATETIME,
    "date": ColumnType.DATE,
    "time": ColumnType.TIME,
    "guid": ColumnType.STRING,
    "enum": ColumnType.STRING,
    "array": ColumnType.TEXT,
    "simple_array": ColumnType.TEXT,
    "object": ColumnType.TEXT,
    "json_array": ColumnType.JSON,
    "json": ColumnType.JSON,
}
"""What each abstract type of the file becomes."""

_GUID_LENGTH = 36
_NUMBERS = (
    ColumnType.INTEGER,
    ColumnType.BIGINT,
    ColumnType.SMALLINT,
    ColumnType.DECIMAL,
    ColumnType.FLOAT,
)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?", re.ASCII)
_SIZES = ("length", "precision", "scale")
_FLAGS = {
    "primarykey": "primary",
    "autoincrement": "autoincrement",
    "unsigned": "unsigned",
    "unique": "unique",
    "fixed": "fixed",
}
"""The attributes that are true or false, and what they are called in a column."""

_FIELD = frozenset({"name", "type", "default", "notnull", *_SIZES, *_FLAGS})


def read_database(blocks: list[Element]) -> tuple[TableSpec, ...]:
    """Return the declared tables; a hostile name, type or default is an error."""
    tables: dict[str, TableSpec] = {}
    foreign: list[tuple[TableSpec, ForeignKey]] = []
    for block in blocks:
        attributes_of(block, ("name",))
        for element in children_of(block):
            if element.name != "table":
                element_unknown(element, known=("table",))
                continue
            table, keys = _table(element)
            if table is None:
                continue
            if table.name.casefold() in tables:
                _repeated(table.name, element)
            tables.setdefault(table.name.casefold(), table)
            foreign += [(table, key) for key in keys]
    if len(tables) > MAX_TABLES:
        _too_many(len(tables), MAX_TABLES, blocks[0])
    _announce_impossible(foreign, tables.values())
    return tuple(tables.values())


def _announce_impossible(
    keys: list[tuple[TableSpec, ForeignKey]], tables: Iterable[TableSpec]
) -> None:
    """Say of each foreign key that cannot be made why; the table itself is made."""
    known = by_name(tables)
    for owner, (spec, spot) in keys:
        if reason := why_not(spec, owner, known):
            spot.note("foreign-key-not-made", reason, target=values.shown(spec.table))


def _table(element: Element) -> tuple[TableSpec | None, list[ForeignKey]]:
    name = sql_name(attributes_of(element, ("name",)).get("name", ""), element)
    columns: dict[str, ColumnSpec] = {}
    key_elements = []
    for child in children_of(element):
        if child.name == "key":
            key_elements.append(child)
        elif child.name != "field":
            element_unknown(child, known=("field", "key"))
        elif column := _column(child):
            if column.name.casefold() in columns:
                _repeated(column.name, child)
            columns.setdefault(column.name.casefold(), column)
    if len(columns) > MAX_COLUMNS:
        _too_many(len(columns), MAX_COLUMNS, element)
    if not name:
        return None, []
    if not columns:
        element.warning(
            "table-empty", _("The table {table} has no field; it is left out."), table=name
        )
        return None, []
    if not any(column.primary for column in columns.values()):
        element.note(
            "table-without-primary-key", _("The table {table} has no primary key."), table=name
        )
    keys, foreign = read_keys(key_elements, name, columns)
    table = TableSpec(
        name, tuple(columns.values()), keys, tuple(key.spec for key in foreign), like_doctrine=True
    )
    return table, foreign


def _column(element: Element) -> ColumnSpec | None:
    attributes = attributes_of(element, _FIELD)
    name = sql_name(attributes.get("name", ""), element)
    kind = _type(attributes.get("type", ""), element)
    if not name or kind is None:
        return None
    flags = {
        flag: is_true(attributes, word, element)
        for word, flag in _FLAGS.items()
        if word in attributes
    }
    sizes = {word: _size(attributes, word, element) for word in _SIZES if word in attributes}
    if flags.get("autoincrement") and not flags.get("primary"):
        element.warning(
            "autoincrement-without-key",
            _("The field {field} counts up but is no primary key."),
            field=name,
        )
    if attributes["type"].strip().lower() == "guid":
        sizes["length"], flags["fixed"] = _GUID_LENGTH, True
    elif kind is ColumnType.STRING and (sizes.get("length") or 0) > MAX_STRING:
        kind = ColumnType.TEXT
    nullable = not is_true(attributes, "notnull", element, default=True)
    default = _default(attributes, kind, element)
    return ColumnSpec(name, kind, nullable=nullable, default=default, **sizes, **flags)


def _type(raw: str, spot: Spot) -> ColumnType | None:
    kind = TYPES.get(raw.strip().lower())
    if kind is None:
        spot.error(
            "column-type-unknown",
            _("{type} is no type of a field."),
            rule="M17",
            type=values.shown(raw),
        )
    return kind


def _size(attributes: dict[str, str], name: str, spot: Spot) -> int | None:
    raw = attributes[name]
    if not raw.strip():
        spot.note("attribute-empty", _("The attribute {attribute} is empty."), attribute=name)
        return None
    size = whole_number(raw, 0, spot, what=name)
    if size < 0 or (size == 0 and name != "scale"):
        spot.warning(
            "size-not-positive", _("{attribute} must be above 0; it is left out."), attribute=name
        )
        return None
    return size


def _default(attributes: dict[str, str], kind: ColumnType, spot: Spot) -> str | None:
    """The empty text is a real default; the value stays a literal in every case."""
    raw = attributes.get("default")
    if raw is None:
        return None
    if len(raw) > MAX_DEFAULT or not raw.isprintable():
        spot.error(
            "column-default-invalid",
            _("The default value is too long or holds control characters."),
            rule="M17",
        )
    elif kind in _NUMBERS and not _NUMBER.fullmatch(raw):
        spot.warning(
            "column-default-not-number",
            _("The default of a number field is {value}, which is no number."),
            value=values.shown(raw),
        )
    return raw


def _repeated(name: str, spot: Spot) -> None:
    spot.warning(
        "sql-name-repeated", _("{name} is declared twice; the first one counts."), name=name
    )


def _too_many(count: int, limit: int, spot: Spot) -> None:
    spot.error(
        "tables-too-many",
        _("{count} are declared; {limit} are allowed."),
        rule="M17",
        count=count,
        limit=limit,
    )
