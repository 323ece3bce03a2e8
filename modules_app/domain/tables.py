"""Declared tables of a package as plain values, whichever contract or language declared them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ColumnType(StrEnum):
    """What a column holds; the SQL spelling belongs to the database layer."""

    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    BIGINT = "bigint"
    SMALLINT = "smallint"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    FLOAT = "float"
    BLOB = "blob"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column. ``default`` None means no default; the empty text is a real default."""

    name: str
    type: ColumnType = ColumnType.STRING
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    nullable: bool = False
    default: str | None = None
    primary: bool = False
    autoincrement: bool = False
    unsigned: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class KeySpec:
    """An index over ``columns``; unique when ``unique``."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One declared table with its columns in file order."""

    name: str
    columns: tuple[ColumnSpec, ...]
    keys: tuple[KeySpec, ...] = ()


def table_from_dict(value: dict[str, Any]) -> TableSpec:
    """Return the table that ``dataclasses.asdict`` once turned into ``value``."""
    return TableSpec(
        name=value["name"],
        columns=tuple(
            ColumnSpec(**{**column, "type": ColumnType(column["type"])})
            for column in value["columns"]
        ),
        keys=tuple(KeySpec(**{**key, "columns": tuple(key["columns"])}) for key in value["keys"]),
    )
