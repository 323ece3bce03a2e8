"""``module hooks [ID]``: where modules plug in, and what they answered.

For modules of the FreePBX contract also what they hook into each other and into the dialplan.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from modules_app.cli.output import print_json, print_table
from modules_app.hooks.between import Plug
from modules_app.selectors.freepbx import Generator, list_generators, list_plugs
from modules_app.selectors.hook_results import HookRow, hook_groups, hook_row_record, hook_rows
from modules_app.selectors.modules import find_module


def hooks(args: Any) -> int:
    """Print the hooks of one module, or of all enabled ones in the order of their calls."""
    module = find_module(args.id) if args.id else None
    if module is not None:
        rows = hook_rows(module)
    else:
        rows = [row for group in hook_groups() for row in group.rows]
    module_id = module.id if module is not None else ""
    plugs, generators = list_plugs(module_id), list_generators(module_id)
    if args.json:
        print_json(
            {
                "hooks": [hook_row_record(row) for row in rows],
                "between": [_plug_record(plug) for plug in plugs],
                "generators": [one.as_dict() for one in generators],
            }
        )
        return 0
    heads = [gettext(text) for text in ("Module", "Hook", "Result", "Last run", "Priority")]
    lines = [_line(row) for row in rows]
    lines += [_plug_line(plug) for plug in plugs]
    lines += [_generator_line(one) for one in generators]
    print_table(heads, lines)
    return 0


def _plug_line(plug: Plug) -> tuple[str, ...]:
    target = f"{plug.target.name}.{plug.calling_method} -> {plug.method}"
    return (plug.module_id, target, gettext("called between modules"), "", str(plug.priority))


def _plug_record(plug: Plug) -> dict[str, Any]:
    return {
        "module": plug.module_id,
        "target": plug.target.name,
        "namespace": plug.target.namespace,
        "calling_method": plug.calling_method,
        "method": plug.method,
        "priority": plug.priority,
    }


def _generator_line(one: Generator) -> tuple[str, ...]:
    missing = one.source == "missing"
    said = gettext("the module has no such function") if missing else gettext("makes dialplan")
    return (one.module_id, one.method, said, "", str(one.priority))


def _line(row: HookRow) -> tuple[str, ...]:
    result = row.result
    if row.spec is not None and not row.spec.called:
        return (row.module_id, row.name, gettext("not called here"), "", "")
    if result is None:
        return (row.module_id, row.name, gettext("never ran"), "", "")
    said = "ok" if result.ok else result.error
    return (row.module_id, row.name, said, f"{result.at:%Y-%m-%d %H:%M}", str(result.priority))
