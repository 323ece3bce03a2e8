"""The audit trail and locked accounts from the console, where the shell is the proof."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps
from modules_app.selectors.audit import AuditFilter, event_record, find_events
from modules_app.services.audit_export import CSV, export_audit
from modules_app.services.locks import unlock as unlock_person

STDOUT = "-"


def audit(args: Any) -> int:
    """Print the newest events that are asked for, or write all of them to a CSV file."""
    wanted = AuditFilter(
        actor=args.actor,
        target=args.module,
        action=args.action,
        outcome=args.outcome,
        since=_day(args.since),
        until=_day(args.until),
    )
    if args.csv:
        _write(args.csv, export_audit(actor=actor(), wanted=wanted, kind=CSV))
        return 0
    events = list(find_events(wanted)[: args.limit or None])
    if args.json:
        print_json({"events": [event_record(event) for event in events]})
        return 0
    heads = ("Time", "Who", "Address", "Action", "Object", "Outcome", "Reason")
    print_table(
        [gettext(head) for head in heads],
        (
            (
                f"{e.at:%Y-%m-%d %H:%M:%S}",
                e.actor,
                e.address,
                e.action,
                e.target,
                e.outcome,
                e.reason,
            )
            for e in events
        ),
    )
    return 0


def unlock(args: Any) -> int:
    """Let a person who typed wrong passwords too often try again at once."""
    unlock_person(actor=actor(), username=args.user)
    if args.json:
        print_json({"user": args.user, "locked": False})
    else:
        sys.stdout.write(gettext("{name} may try again now.").format(name=args.user) + "\n")
    return 0


def _write(name: str, pieces: Iterator[str]) -> None:
    """Write the export; a file appears only when all of it is there."""
    if name == STDOUT:
        sys.stdout.writelines(pieces)
        return
    path = Path(name).absolute()
    try:
        FsOps().write_file_atomically(path.parent, path.name, _encoded(pieces))
    except OSError as error:
        raise Refused(
            "file-not-written",
            _("The file “{path}” cannot be written: {cause}."),
            context={"path": name, "cause": error.strerror or str(error)},
        ) from error


def _encoded(pieces: Iterable[str]) -> bytes:
    return "".join(pieces).encode()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(
            "date-invalid",
            _("“{text}” is not a date such as 2026-03-31."),
            context={"text": text},
        ) from error
