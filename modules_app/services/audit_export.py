"""The audit trail as a file: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from modules_app import audit
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.audit import FIELDS, AuditFilter, walk_events

CSV, JSON = "csv", "json"

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_audit(*, actor: Actor, wanted: AuditFilter, kind: str) -> Iterator[str]:
    """Return the wanted events as text in pieces, ``kind`` csv or json, the newest first.

    The export is itself an event, written before the first piece. Raises ``NotAllowed``.
    """
    require(actor, Right.INSTALL)
    audit.record(
        actor=actor,
        action="audit-export",
        target=kind,
        outcome="done",
        detail={"filter": wanted.as_dict()},
    )
    return _csv(wanted) if kind == CSV else _json(wanted)


def harmless(cell: str) -> str:
    """Return text that no spreadsheet takes for a formula: what could be one gets an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Echo:
    """A file that gives back what was written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(wanted: AuditFilter) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(FIELDS)
    for record in walk_events(wanted):
        yield writer.writerow([harmless(_cell(record[name])) for name in FIELDS])


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return _as_json(value) if value else ""
    return "" if value is None else str(value)


def _json(wanted: AuditFilter) -> Iterator[str]:
    yield '{"events": ['
    for number, record in enumerate(walk_events(wanted)):
        yield ("\n" if number == 0 else ",\n") + _as_json(record)
    yield "\n]}\n"


def _as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
