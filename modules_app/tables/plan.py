"""What a synchronisation of tables would do, as plain data shown before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TableAction(StrEnum):
    """How one table gets its declared form (reference M5.3)."""

    CREATE = "create"
    ADD_COLUMNS = "add-columns"
    REBUILD = "rebuild"
    RENAME_COLUMNS = "rename-columns"
    INDEXES = "indexes"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class TableChange:
    """One table's part of the plan; ``statements`` run in one transaction.

    ``kept`` names columns that the declaration lost: they and their values stay. ``renamed`` holds
    pairs of an old and a new name. ``foreign_keys`` tells whether rows must be looked at again
    when all tables are done, because they have to keep promises to other tables.
    """

    table: str
    action: TableAction
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    created_indexes: tuple[str, ...] = ()
    dropped_indexes: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    foreign_keys: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form without the SQL, which only the engine needs."""
        return {
            "table": self.table,
            "action": str(self.action),
            "added": list(self.added),
            "changed": list(self.changed),
            "kept": list(self.kept),
            "renamed": [list(pair) for pair in self.renamed],
            "created_indexes": list(self.created_indexes),
            "dropped_indexes": list(self.dropped_indexes),
        }


@dataclass(frozen=True, slots=True)
class TablePlan:
    """All tables of one package; ``kept_tables`` are in the database but no longer declared."""

    changes: tuple[TableChange, ...] = ()
    kept_tables: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether applying would change nothing."""
        return all(change.action is TableAction.NOTHING for change in self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form for ``--dry-run`` and operation records."""
        return {
            "changes": [change.as_dict() for change in self.changes],
            "kept_tables": list(self.kept_tables),
        }
