"""Safe mode from the command line: the second of its three doors (reference U2.3 rule 12)."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext

from modules_app.bridge.safe_mode import SafeMode, Why
from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, sentence
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors import safe_mode as selector
from modules_app.services.safe_mode import enter_safe_mode, impact_of_switching, leave_safe_mode

_WHY = {
    Why.PERSON: _("Switched on by {actor} at {since}."),
    Why.FILE: _("Switched on by the file “safe-mode” in the data folder, at {since}."),
    Why.BAD_STARTS: _("Switched on by the host at {since} after {bad_starts} bad starts in a row."),
}


def safe_mode(args: Any) -> int:
    """Switch safe mode on or off, or say how it is; all of it works without the host.

    It asks nothing, so what a switch means for calls is said with it, or alone by ``--dry-run``.
    """
    impact = _impact(args.what)
    if args.dry_run:
        return _print_plan(args, impact or _lines(selector.safe_mode())[:1])
    if args.what == "on":
        enter_safe_mode(actor=actor(), reason=args.reason)
    elif args.what == "off":
        leave_safe_mode(actor=actor())
    found = selector.safe_mode()
    modules = _enabled()
    if args.json:
        print_json(
            {
                "safe_mode": found is not None,
                "details": asdict(found) if found else None,
                "enabled": modules,
            }
        )
        return 0
    sys.stdout.write("\n".join([*_lines(found), *impact, *_starts(found, modules)]) + "\n")
    return 0


def _impact(what: str) -> list[str]:
    """Return what a switch means for what runs, nothing where it changes nothing."""
    on = what == "on"
    if what == "status" or on == (selector.safe_mode() is not None):
        return []
    return [sentence(one) for one in impact_of_switching(on=on)]


def _print_plan(args: Any, lines: list[str]) -> int:
    if args.json:
        print_json({"plan": lines})
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _lines(found: SafeMode | None) -> list[str]:
    if found is None:
        return [gettext("Safe mode is off.")]
    lines = [gettext("Safe mode is on."), fill(gettext(_WHY[found.why]), asdict(found))]
    if found.reason:
        lines.append(fill(gettext("Reason: {reason}"), {"reason": found.reason}))
    if found.suspect:
        lines.append(fill(gettext("Suspected: {id}."), {"id": found.suspect}))
    if found.running:
        lines.append(fill(gettext("On trial: {ids}"), {"ids": ", ".join(found.running)}))
    return lines


def _starts(found: SafeMode | None, modules: list[str]) -> list[str]:
    text = (
        gettext("Leaving starts: {ids}") if found is not None else gettext("Enabled modules: {ids}")
    )
    return [fill(text, {"ids": ", ".join(modules) or "-"})]


def _enabled() -> list[str]:
    """Return the enabled modules; a database that cannot be read keeps nobody in safe mode."""
    try:
        return selector.enabled_ids()
    except DatabaseError:
        return []
