"""``module hooks [ID]``: where modules plug in, and what they answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from modules_app.cli.output import print_json, print_table
from modules_app.selectors.hook_results import HookRow, hook_groups, hook_row_record, hook_rows
from modules_app.selectors.modules import find_module


def hooks(args: Any) -> int:
    """Print the hooks of one module, or of all enabled ones in the order of their calls."""
    if args.id:
        rows = hook_rows(find_module(args.id))
    else:
        rows = [row for group in hook_groups() for row in group.rows]
    if args.json:
        print_json({"hooks": [hook_row_record(row) for row in rows]})
        return 0
    heads = [gettext(text) for text in ("Module", "Hook", "Result", "Last run", "Priority")]
    print_table(heads, (_line(row) for row in rows))
    return 0


def _line(row: HookRow) -> tuple[str, ...]:
    result = row.result
    if row.spec is not None and not row.spec.called:
        return (row.module_id, row.name, gettext("not called here"), "", "")
    if result is None:
        return (row.module_id, row.name, gettext("never ran"), "", "")
    said = "ok" if result.ok else result.error
    return (row.module_id, row.name, said, f"{result.at:%Y-%m-%d %H:%M}", str(result.priority))
