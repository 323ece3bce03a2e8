"""The grammar of ``manage.py telephony``: a kind of record, then what to do with it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from telephony_app.cli import records, tables
from telephony_app.services.kinds import KINDS, RecordKind

NAMES = {
    "incoming-route": "route",
    "outgoing-route": "out-route",
    "dialplan-application": "application",
}
"""Shorter names for the command line."""

_KEYS = {
    "number": "its number",
    "uniqid": "its identifier",
    "id": "its number in the list",
    "name": "its name",
    "username": "its user name",
}

Handler = Callable[[Any], int]
Verb = Callable[..., argparse.ArgumentParser]


def add_kinds(parser: argparse.ArgumentParser) -> Any:
    """Add every kind with its verbs; each verb sets ``handler``. Return what adds further words."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind in KINDS.values():
        name = NAMES.get(kind.name, kind.name)
        sub = kinds.add_parser(name, help=f"the {kind.plural.replace('-', ' ')}")
        _add_verbs(sub, kind)
    return kinds


def _add_verbs(parser: argparse.ArgumentParser, kind: RecordKind) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(
        name: str, help_text: str, handler: Handler, *, changes: bool = False
    ) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text)
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        if changes:
            sub.add_argument("--dry-run", action="store_true", help="say what would be and stop")
            sub.add_argument("--yes", action="store_true", help="do not ask")
        sub.set_defaults(handler=handler, record_kind=kind)
        return sub

    _add_reading(verb, kind)
    _add_changing(verb, kind)
    if kind.name == "extension":
        _add_tables(verb)


def _add_reading(verb: Verb, kind: RecordKind) -> None:
    listing = verb("list", f"list {kind.plural}", records.list_all)
    listing.add_argument("--search", default="", help="only those with this text")
    shown = verb("show", "show one", records.show)
    shown.add_argument("key", metavar=kind.key.upper(), help=_KEYS[kind.key])
    if kind.secret:
        shown.add_argument("--secret", action="store_true", help="with its password")


def _add_changing(verb: Verb, kind: RecordKind) -> None:
    values = {"nargs": "*", "metavar": "FIELD=VALUE", "help": f"fields: {', '.join(kind.fields)}"}
    if kind.create is not None:
        added = verb("add", "add one", records.add, changes=True)
        added.add_argument("values", **values)
    changed = verb("set", "change one; what is not named stays", records.change, changes=True)
    changed.add_argument("key", metavar=kind.key.upper(), help=_KEYS[kind.key])
    changed.add_argument("values", **values)
    if kind.delete is not None:
        deleted = verb("delete", "delete one", records.delete, changes=True)
        deleted.add_argument("key", metavar=kind.key.upper(), help=_KEYS[kind.key])
        deleted.add_argument(
            "--anyway", action="store_true", help="also when a module could not be asked"
        )


def _add_tables(verb: Verb) -> None:
    taken = verb("import", "add extensions from a table (CSV)", tables.take, changes=True)
    taken.add_argument("file", metavar="FILE", help="a path, or - for standard input")
    taken.add_argument("--update", action="store_true", help="change those that are there already")
    given = verb("export", "print all extensions as a table (CSV)", tables.give)
    given.add_argument("--search", default="", help="only those with this text")
    given.add_argument("--secrets", action="store_true", help="with their passwords")
