"""Which declared foreign keys a module's own database can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modules_app.domain.tables import ForeignKeySpec, TableSpec
from modules_app.exceptions import gettext_noop as _


def by_name(tables: Iterable[TableSpec]) -> dict[str, TableSpec]:
    """Return the tables by their folded names, as `why_not` wants them."""
    return {table.name.lower(): table for table in tables}


def why_not(key: ForeignKeySpec, owner: TableSpec, tables: Mapping[str, TableSpec]) -> str:
    """Return why a foreign key of ``owner`` cannot be made, "" if it can.

    Each module has a database of its own, so only its own tables can be referred to. SQLite wants
    the columns that are referred to as primary key or under one unique key; otherwise it refuses
    every later change of the table.
    """
    target = tables.get(key.table.lower())
    if target is None:
        return _("The foreign key refers to the table {target}, which is not the module's own.")
    known = {column.name.lower() for column in target.columns}
    own = {column.name.lower() for column in owner.columns}
    if not key.columns or len(key.columns) != len(key.references):
        return _("The foreign key to {target} does not name as many columns there as here.")
    if not known >= _folded(key.references) or not own >= _folded(key.columns):
        return _("The foreign key to {target} names a column that does not exist.")
    if _folded(key.references) not in _unique_sets(target):
        return _("The foreign key refers to columns of {target} that are not unique.")
    return ""


def possible_keys(
    owner: TableSpec, tables: Mapping[str, TableSpec]
) -> tuple[ForeignKeySpec, ...]:
    """Return the foreign keys of a table that can be made."""
    return tuple(key for key in owner.foreign_keys if not why_not(key, owner, tables))


def _unique_sets(table: TableSpec) -> list[set[str]]:
    primary = {column.name.lower() for column in table.columns if column.primary}
    single = [{column.name.lower()} for column in table.columns if column.unique]
    counted = [{column.name.lower()} for column in table.columns if column.autoincrement]
    unique = [_folded(key.columns) for key in table.keys if key.unique]
    return [found for found in [primary, *single, *counted, *unique] if found]


def _folded(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}
