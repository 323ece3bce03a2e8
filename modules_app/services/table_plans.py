"""What an operation does to tables, as sentences: columns renamed, left-overs deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.domain.leftovers import choose
from modules_app.domain.renames import Rename, find_renames
from modules_app.domain.tables import TableSpec, tables_of_report
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.selectors.registry import data_dir
from modules_app.tables.inspection import count_values

Sentence = dict[str, Any]

RENAMED = _("In the table {table} the column {old} becomes {new}; its values are kept.")


def plan_renames(module: Module, report: Mapping[str, Any]) -> list[Sentence]:
    """Return a sentence for each column that an upgrade gives another name (reference F1.3).

    The operator renames only what these sentences say, under their key "rename".
    """
    return [
        {
            **_say(RENAMED, table=rename.table, old=rename.old, new=rename.new),
            "rename": rename.as_list(),
        }
        for rename in expected_renames(module, tables_of_report(report))
    ]


def plan_purge(module: Module, options: Mapping[str, Any]) -> list[Sentence]:
    """Return what deleting left-overs costs, value by value.

    ``options`` may name one "table" and one "column" of it, or everything under "purge".
    """
    left_over = module.facts.get("left_over") or {}
    chosen = choose(
        left_over, table=options.get("table", ""), column=options.get("column", "")
    )
    wanted = options.get("purge", chosen)
    if not wanted:
        return [_say(_("Nothing of this kind is left over in the data."))]
    path = data_dir().epoch(module.id, module.epoch) / "module.db"
    found = count_values(path, wanted)
    plan = [] if found else [_say(_("What would be lost could not be counted."))]
    for one in found or ():
        if one.column:
            text = _("Delete the column {column} of the table {table}. Rows with a value: {rows}.")
        else:
            text = _("Delete the table {table}. Its rows: {rows}.")
        plan.append(_say(text, table=one.table, column=one.column, rows=one.rows))
    plan.append(
        _say(_("Do it on a copy; the data of before stays here, so that you can return to it."))
    )
    before = str(module.previous.get("version", ""))
    if before and module.previous_generation != module.generation:
        plan.append(
            _say(_("Version {old} is not kept any longer then, as one step back is."), old=before)
        )
    return plan


def expected_renames(module: Module, tables: Iterable[TableSpec]) -> list[Rename]:
    """Return the renames from the installed version's tables to these.

    A column that is left over under the new name stands in the way of one.
    """
    left_over = module.facts.get("left_over") or {}
    taken = {
        (table.lower(), column.lower())
        for table, columns in left_over.items()
        for column in columns
    }
    return [
        one
        for one in find_renames(tables_of_report(module.facts), tables)
        if (one.table.lower(), one.new.lower()) not in taken
    ]


def _say(text: str, **context: Any) -> Sentence:
    return {"text": text, "context": context}
