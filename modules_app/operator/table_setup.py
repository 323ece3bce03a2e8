"""The tables of a new version: declared ones, what install.sql adds, what nobody declares now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modules_app.domain.leftovers import LeftOver, left_behind
from modules_app.domain.renames import Rename
from modules_app.domain.tables import TableSpec, tables_of_report
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.sql_scripts import INSTALL_SQL
from modules_app.operator import data
from modules_app.sqlscript.applying import Applied
from modules_app.sqlscript.statements import MAX_CHARACTERS, Script
from modules_app.tables.plan import TableAction, TablePlan

if TYPE_CHECKING:
    from modules_app.operator.install import Install


@dataclass(frozen=True, slots=True)
class TableSetUp:
    """What was done to the tables, and what is left over from earlier versions."""

    changes: dict[str, Any] = field(default_factory=dict)
    left_over: LeftOver = field(default_factory=dict)


def set_up_tables(work: Install) -> TableSetUp:
    """Bring declared tables into the new epoch, then run install.sql (reference F11, rule 13)."""
    report = work.report
    tables = tables_of_report(report)
    renames = shown_renames(work.operation.plan)
    plan = data.apply_declared(work.database, tables, renames)
    _tell_of_misfits(work, renames, plan)
    script = _script(work, report, tables)
    changes = plan.as_dict() if tables else {}
    if script is not None and script.statements:
        applied = data.apply_script(work.database, script, tables, _made_by(plan))
        changes["script"] = {"created": applied.created}
        _tell(work, applied)
    before = work.module.facts if work.module else {}
    return TableSetUp(changes, left_behind(plan, report, before, script.tables if script else {}))


def shown_renames(plan: list[dict[str, Any]]) -> tuple[Rename, ...]:
    """Return the renames that a plan told the person; only these are carried out."""
    return tuple(Rename(*step["rename"]) for step in plan if step.get("rename"))


def _tell_of_misfits(work: Install, renames: tuple[Rename, ...], plan: TablePlan) -> None:
    done = {(one.table.lower(), *pair) for one in plan.changes for pair in one.renamed}
    for rename in renames:
        if (rename.table.lower(), rename.old, rename.new) not in done:
            work.journal.say(
                _(
                    "In the table {table} the column {old} did not become {new}, because it is "
                    "gone or {new} is there already. Nothing was lost."
                ),
                table=rename.table,
                old=rename.old,
                new=rename.new,
            )


def _script(
    work: Install, report: Mapping[str, Any], tables: list[TableSpec]
) -> Script | None:
    if report["contract"] != "freepbx":
        return None
    generation = work.tools.data_dir.generation(report["id"], work.operation.to_generation)
    text = _text(generation / "code" / INSTALL_SQL)
    if text is None:
        return None
    from modules_app.sqlscript.reading import read_script  # sqlglot takes long to load

    return read_script(text, module_id=report["id"], declared=[table.name for table in tables])


def _text(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(4 * MAX_CHARACTERS + 1).decode("utf-8-sig", errors="replace")


def _made_by(plan: TablePlan) -> list[str]:
    return [one.table for one in plan.changes if one.action is TableAction.CREATE]


def _tell(work: Install, applied: Applied) -> None:
    for sentence, context in applied.left_out:
        work.journal.say(sentence, **context)
