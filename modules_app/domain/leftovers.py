"""What a module's database still holds although its installed version declares it no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from modules_app.domain.tables import BOOKKEEPING, TableSpec, tables_of_report

LeftOver: TypeAlias = dict[str, list[str]]
"""Columns by table; a table without any is left over as a whole."""


class Change(Protocol):
    """What became of one table."""

    table: str
    kept: tuple[str, ...]


class Plan(Protocol):
    """What became of all tables; ``tables.plan.TablePlan`` is one."""

    @property
    def changes(self) -> tuple[Any, ...]:
        """Return the changes of declared tables."""
        ...

    @property
    def kept_tables(self) -> tuple[str, ...]:
        """Return the tables that nobody declares."""
        ...


def left_behind(
    plan: Plan,
    report: Mapping[str, Any],
    before: Mapping[str, Any],
    scripted: Mapping[str, set[str]],
) -> LeftOver:
    """Return what is left over after a plan was carried out; of models, see `lost_by_models`.

    ``before`` are the facts of the version before, ``scripted`` what the present install.sql makes.
    Code in Python makes tables and columns of its own, which are nobody's left-overs: there only
    what an earlier version declared counts. Nothing else than declarations makes any otherwise.
    """
    known = None if report.get("language") != "python" else _known(before)
    found: LeftOver = {}
    for table in plan.kept_tables:
        if table in BOOKKEEPING:
            continue
        if table.lower() not in scripted and (known is None or table.lower() in known):
            found[table] = []
    for change in plan.changes:
        made = scripted.get(change.table.lower(), set())
        once = None if known is None else known.get(change.table.lower(), set())
        columns = [
            column
            for column in change.kept
            if column.lower() not in made and (once is None or column.lower() in once)
        ]
        if columns:
            found[change.table] = columns
    return found


def lost_by_models(tables: Any) -> LeftOver:
    """Return the left-overs among what the tables of Python models came to.

    It is what a module's own process answered, so every part of it may be anything.
    """
    kept = tables.get("kept") if isinstance(tables, dict) else None
    found: LeftOver = {}
    for one in kept if isinstance(kept, list) else ():
        if isinstance(one, dict) and isinstance(one.get("columns"), list):
            table = str(one.get("table", ""))
            if table and table not in BOOKKEEPING:
                found[table] = [str(column) for column in one["columns"]]
    return found


def choose(left_over: Mapping[str, list[str]], *, table: str = "", column: str = "") -> LeftOver:
    """Return the part of it that belongs to one table or is one column; all of it by default."""
    found: LeftOver = {}
    for name, columns in left_over.items():
        if table and name.lower() != table.lower():
            continue
        chosen = [one for one in columns if not column or one.lower() == column.lower()]
        if chosen or not (columns or column):
            found[name] = chosen
    return found


def without(left_over: Mapping[str, list[str]], purged: Mapping[str, list[str]]) -> LeftOver:
    """Return what is still left over when ``purged`` is gone."""
    rest: LeftOver = {}
    for table, columns in left_over.items():
        if table not in purged:
            rest[table] = list(columns)
        elif columns and (still := [one for one in columns if one not in purged[table]]):
            rest[table] = still
    return rest


def _known(before: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the folded names of what earlier versions declared, what models lost left out."""
    of_models = lost_by_models(before.get("table_changes"))
    known: dict[str, set[str]] = {}
    for table in tables_of_report(before):
        known.setdefault(table.name.lower(), set()).update(_folded(table))
    for name, columns in (before.get("left_over") or {}).items():
        if name in of_models:
            continue
        known.setdefault(name.lower(), set()).update(column.lower() for column in columns)
    return known


def _folded(table: TableSpec) -> set[str]:
    return {column.name.lower() for column in table.columns}
