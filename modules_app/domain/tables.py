"""Declared tables of a package as plain values, whichever contract or language declared them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NO_ACTION = "NO ACTION"
FOREIGN_ACTIONS = (NO_ACTION, "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")


BOOKKEEPING = frozenset({"pbx_model_state", "django_migrations"})
"""Tables in which the synchronisation of models in Python remembers where it stands."""


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
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class KeySpec:
    """An index over ``columns``; unique when ``unique``."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKeySpec:
    """``columns`` hold values that exist in ``references`` of ``table`` (reference F1.3).

    ``on_update`` and ``on_delete`` are one of `FOREIGN_ACTIONS`.
    """

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_update: str = NO_ACTION
    on_delete: str = NO_ACTION


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One declared table with its columns in file order.

    ``like_doctrine``: changes of existing rows follow reference F1.3 and not M5.3. A row that lacks
    a required value gets the one that MySQL would give it, and renames are looked for.
    """

    name: str
    columns: tuple[ColumnSpec, ...]
    keys: tuple[KeySpec, ...] = ()
    foreign_keys: tuple[ForeignKeySpec, ...] = ()
    like_doctrine: bool = False


def tables_of_report(report: Mapping[str, Any]) -> list[TableSpec]:
    """Return what the manifest or PHP models of a reported package declare.

    Models in Python are not among them: these are synchronised by the package's own code.
    """
    holder = report.get("manifest", {}) if report.get("language") == "python" else report
    return [table_from_dict(table) for table in holder.get("tables") or ()]


def table_from_dict(value: dict[str, Any]) -> TableSpec:
    """Return the table that ``dataclasses.asdict`` once turned into ``value``."""
    return TableSpec(
        name=value["name"],
        columns=tuple(
            ColumnSpec(**{**column, "type": ColumnType(column["type"])})
            for column in value["columns"]
        ),
        keys=tuple(KeySpec(**{**key, "columns": tuple(key["columns"])}) for key in value["keys"]),
        foreign_keys=tuple(
            ForeignKeySpec(
                **{
                    **key,
                    "columns": tuple(key["columns"]),
                    "references": tuple(key["references"]),
                }
            )
            for key in value.get("foreign_keys", ())
        ),
        like_doctrine=value.get("like_doctrine", False),
    )
