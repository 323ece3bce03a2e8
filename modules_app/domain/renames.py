"""Columns that got another name between two declarations (reference F1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from modules_app.domain.tables import ColumnSpec, TableSpec


@dataclass(frozen=True, slots=True)
class Rename:
    """In ``table`` the column ``old`` becomes ``new``; its values stay."""

    table: str
    old: str
    new: str

    def as_list(self) -> list[str]:
        """Return the JSON form."""
        return [self.table, self.old, self.new]


def find_renames(before: Iterable[TableSpec], now: Iterable[TableSpec]) -> tuple[Rename, ...]:
    """Return the renames between the declarations of two versions.

    One column went and exactly one of identical definition came: that is a rename. Where a column
    that went has two possible heirs, or a new one two possible origins, nothing is guessed.
    FreePBX takes the first heir then; here the old column is kept and the new one begins empty.
    """
    earlier = {table.name.lower(): table for table in before}
    found: list[Rename] = []
    for table in now:
        origin = earlier.get(table.name.lower())
        if origin is not None and table.like_doctrine:
            found += _renames_of(origin, table)
    return tuple(found)


def _renames_of(before: TableSpec, now: TableSpec) -> list[Rename]:
    old_names = {column.name.lower() for column in before.columns}
    new_names = {column.name.lower() for column in now.columns}
    gone = [column for column in before.columns if column.name.lower() not in new_names]
    came = [column for column in now.columns if column.name.lower() not in old_names]
    pairs = [(old, new) for old in gone for new in came if _is_same(old, new)]
    return [
        Rename(now.name, old.name, new.name)
        for old, new in pairs
        if sum(one is old for one, _new in pairs) == 1
        and sum(one is new for _old, one in pairs) == 1
    ]


def _is_same(one: ColumnSpec, other: ColumnSpec) -> bool:
    return replace(one, name="") == replace(other, name="")
