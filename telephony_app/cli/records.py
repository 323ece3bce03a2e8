"""Listing, showing, adding, changing and deleting any kind of telephone record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from modules_app.cli.changing import actor, agreed
from modules_app.cli.output import print_json, print_table, say, sentence
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from telephony_app.services.impact import change_line
from telephony_app.services.kinds import (
    RecordKind,
    list_records,
    show_record,
    show_secret,
)

_WIDEST = 40
_STRUCTURED = frozenset({"rights", "codecs", "additional_hosts", "applications"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "extension": ("number", "name", "email", "mobile", "disabled"),
    "provider": ("uniqid", "description", "registration", "host", "disabled"),
    "incoming-route": ("id", "priority", "provider", "number", "extension", "destination"),
    "outgoing-route": ("id", "priority", "name", "number_begins_with", "provider", "disabled"),
    "codec": ("name", "media", "priority", "disabled"),
    "ami-user": ("username", "description"),
    "ari-user": ("username", "description"),
    "dialplan-application": ("number", "name", "hint"),
}


def list_all(args: Any) -> int:
    """Print all records of a kind, or those with a text."""
    kind: RecordKind = args.record_kind
    rows, _count = list_records(actor=actor(), kind=kind, search=args.search)
    if args.json:
        print_json({kind.plural.replace("-", "_"): rows})
        return 0
    columns = _COLUMNS[kind.name]
    print_table(list(columns), ([_cell(row[name]) for name in columns] for row in rows))
    return 0


def show(args: Any) -> int:
    """Print one record."""
    kind: RecordKind = args.record_kind
    shape = show_record(actor=actor(), kind=kind, key=args.key)
    if getattr(args, "secret", False):
        shape[kind.secret] = show_secret(actor=actor(), kind=kind, key=args.key)
    _print_record(args, shape)
    return 0


def add(args: Any) -> int:
    """Add a record and print it, with its password when that was generated."""
    kind: RecordKind = args.record_kind
    values = read_values(args.values)

    def create() -> dict[str, Any]:
        row = kind.create(actor=actor(), values=values) if kind.create else None
        shape = kind.shape(row)
        if kind.secret and not values.get(kind.secret):
            held = getattr(row, "sip", row)
            shape[kind.secret] = str(getattr(held, kind.secret))
        return shape

    return _change(args, create)


def change(args: Any) -> int:
    """Change a record and print it."""
    kind: RecordKind = args.record_kind
    values = read_values(args.values)
    record_id = kind.find(args.key).pk

    def store() -> dict[str, Any]:
        return kind.shape(kind.change(actor=actor(), record_id=record_id, values=values))

    return _change(args, store)


def delete(args: Any) -> int:
    """Delete a record."""
    kind: RecordKind = args.record_kind
    record = kind.find(args.key)
    more = {} if kind.name == "ari-user" else {"anyway": args.anyway}

    def erase() -> dict[str, Any]:
        shape = kind.shape(record)
        if kind.delete is not None:
            kind.delete(actor=actor(), record_id=record.pk, **more)
        return shape

    return _change(args, erase, gettext("“{name}” is deleted.").format(name=args.key))


def read_values(words: Iterable[str]) -> dict[str, Any]:
    """Return ``field=value`` words as values; ``\\n`` in one is the end of a line.

    Rights are JSON, ``{"call": "read"}``, lists have commas. Raises ``Refused``.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise Refused(
                "field-without-value",
                _("“{text}” is no FIELD=VALUE."),
                context={"text": word[:60]},
            )
        found[name.strip().replace("-", "_")] = _value(name.strip(), value)
    return found


def _value(name: str, value: str) -> Any:
    if name in _STRUCTURED and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value.replace("\\n", "\n")


def _change(args: Any, act: Callable[[], dict[str, Any]], question: str = "") -> int:
    """Do it, or with ``--dry-run`` undo it again before anybody sees it; ask when it is a loss."""
    if args.dry_run:
        with transaction.atomic():
            shape = act()
            transaction.set_rollback(True)
        say(gettext("Nothing was done; it would go through."))
        if question:
            say(sentence(change_line()))
        _print_record(args, shape)
        return 0
    if question and (code := agreed(args, [question, sentence(change_line())])) is not None:
        return code
    _print_record(args, act())
    return 0


def _print_record(args: Any, shape: Mapping[str, Any]) -> None:
    if args.json:
        print_json(shape)
    else:
        print_table(["", ""], ((name, _cell(value, most=0)) for name, value in shape.items()))


def _cell(value: Any, most: int = _WIDEST) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, dict):
        value = ", ".join(f"{name}: {one}" for name, one in value.items() if one)
    text = "-" if value is None or value == "" else str(value).replace("\n", " ⏎ ")
    return f"{text[:most]}…" if most and len(text) > most else text
