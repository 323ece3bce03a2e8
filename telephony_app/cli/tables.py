"""Tables of extensions on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.changing import actor, agreed
from modules_app.cli.output import print_json, print_table, say
from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.csv_table import MOST_BYTES
from telephony_app.selectors.lists import Asked, phones
from telephony_app.services.extension_export import export_extensions
from telephony_app.services.extension_import import (
    ImportRefused,
    ImportReport,
    check_import,
    import_extensions,
)


def take(args: Any) -> int:
    """Say what the table does; then store it all, or nothing."""
    data = _read(args.file)
    report = check_import(actor=actor(), data=data, update=args.update)
    if report.faults:
        _print(args, report)
        raise ImportRefused(report)
    summary = gettext("{added} are new, {changed} are changed, {same} stay as they are.").format(
        added=report.added, changed=report.changed, same=report.count("same")
    )
    if args.dry_run:
        _print(args, report)
        say(summary)
        return 0
    if (code := agreed(args, [summary])) is not None:
        return code
    _print(args, import_extensions(actor=actor(), data=data, update=args.update))
    return 0


def give(args: Any) -> int:
    """Print the table; nothing else is on stdout."""
    chosen = phones(Asked(search=args.search))
    for part in export_extensions(actor=actor(), with_secrets=args.secrets, phones=chosen):
        sys.stdout.write(part)
    return 0


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(
            "file-unreadable",
            _("“{path}” cannot be read: {cause}."),
            context={"path": name, "cause": str(error.strerror)},
        ) from error


def _print(args: Any, report: ImportReport) -> None:
    if args.json:
        if not report.faults:  # else the error is the one document
            print_json({"lines": [_line(one) for one in report.lines]})
        return
    rows = [(one.line, one.number, one.fate, _said(one)) for one in report.lines]
    print_table([gettext("Line"), gettext("Number"), "", ""], rows)


def _line(one: Any) -> dict[str, Any]:
    return {"line": one.line, "number": one.number, "fate": str(one.fate)}


def _said(one: Any) -> str:
    if not one.message:
        return str(one.name)
    return f"{one.field}: {fill(gettext(one.message), one.context or {})}"
