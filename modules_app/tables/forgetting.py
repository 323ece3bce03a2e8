"""What the synchronisation of Python models remembers, when a person has deleted left-overs.

A column that it still believed to be there would be missing if a later version declared it again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

_STATE = "pbx_model_state"


def forget_in_models(connection: sqlite3.Connection, wanted: Mapping[str, Sequence[str]]) -> None:
    """Take deleted columns, and tables that were deleted as a whole, out of what is remembered."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.execute(known, (_STATE,)).fetchone() is None:
        return
    gone = {
        table.lower(): {column.lower() for column in columns} for table, columns in wanted.items()
    }
    for number, text in connection.execute(f"SELECT id, state FROM {_STATE}").fetchall():
        before = json.loads(text)
        after = [left for model in before if (left := _without(model, gone)) is not None]
        if after != before:
            connection.execute(
                f"UPDATE {_STATE} SET state = ? WHERE id = ?", (json.dumps(after), number)
            )


def _without(model: dict[str, Any], gone: Mapping[str, set[str]]) -> dict[str, Any] | None:
    """Return a remembered model without what is gone; None if all of it is."""
    columns = next((gone[name] for name in gone if _is_table(model, name)), None)
    if columns is None:
        return model
    if not columns:
        return None
    fields = [one for one in model["fields"] if not _column_of(*one) & columns]
    return {**model, "fields": fields}


def _is_table(model: dict[str, Any], table: str) -> bool:
    named = dict(model["options"]["map"]).get("db_table")
    if named:
        return bool(str(named).lower() == table)
    return table.endswith(f"_{str(model['name']).lower()}")


def _column_of(name: str, field: dict[str, Any]) -> set[str]:
    """Return what the column of a field may be called; a foreign key's ends with ``_id``."""
    named = dict(field["keywords"]["map"]).get("db_column")
    if named:
        return {str(named).lower()}
    leads_elsewhere = str(field["is"]).endswith(("ForeignKey", "OneToOneField"))
    return {f"{name}_id".lower() if leads_elsewhere else name.lower()}
