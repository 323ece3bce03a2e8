"""Deleting core records that rows of modules refer to (design 3 and 6, reference M3.7, M5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules_app.domain.core_records import CORE_RECORDS, CORE_REFERENCES
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.answers import implementers
from modules_app.services.hook_calls import ask_modules

_SECONDS = 2.0
_TOTAL = 10.0
_NAMED = 10

PORTION = 100
"""About so many records a module is asked at once; what it says of them fits into one answer."""


@dataclass(frozen=True, slots=True)
class ModuleReferences:
    """What enabled modules say of core records.

    ``rows``: by key, who protects that record; records that nobody protects are not in it.
    ``silent``: modules that could not be asked about all of them.
    """

    rows: Mapping[str, Sequence[str]]
    silent: Sequence[str]


def refuse_if_referred(*, kind: str, record_id: object, anyway: bool = False) -> None:
    """Raise ``Refused`` when rows of an enabled module protect a core record.

    When a module could not be asked, the answer is no, too (design 3); ``anyway`` deletes all the
    same, but never against a module that says no. Call it outside of a transaction.
    """
    wanted = implementers(CORE_REFERENCES)
    if not wanted:
        return
    question = {"ask": "protect", "kind": kind, "id": str(record_id)}
    answers = ask_modules(
        CORE_REFERENCES, {"question": question}, seconds=_SECONDS, total_seconds=_TOTAL
    )
    found = [
        _called(answer.module_id, row)
        for answer in answers
        if answer.ok
        for row in answer.value or ()
    ]
    if found:
        raise _referred(kind, found)
    silent = sorted(set(wanted) - {answer.module_id for answer in answers if answer.ok})
    if silent and not anyway:
        raise use_unknown(kind, silent)


def refuse_if_any_referred(
    *, kind: str, record_ids: Sequence[object], anyway: bool = False
) -> None:
    """Raise as `refuse_if_referred` does for the first of several core records that is in use.

    Modules are asked about `PORTION` of them at a time.
    """
    found = references_in_modules(kind=kind, record_ids=record_ids)
    for rows in found.rows.values():
        raise _referred(kind, rows)
    if found.silent and not anyway:
        raise use_unknown(kind, found.silent)


def references_in_modules(*, kind: str, record_ids: Sequence[object]) -> ModuleReferences:
    """Return which of several core records rows of enabled modules protect, in their order.

    Of each record some of the rows are named. Call it outside of a transaction.
    """
    wanted = implementers(CORE_REFERENCES)
    if not wanted:
        return ModuleReferences({}, ())
    keys = [str(record_id) for record_id in record_ids]
    rows: dict[str, list[str]] = {key: [] for key in keys}
    silent: set[str] = set()
    for first in range(0, len(keys), PORTION):
        question = {"ask": "protect", "kind": kind, "ids": keys[first : first + PORTION]}
        answers = ask_modules(
            CORE_REFERENCES, {"question": question}, seconds=_SECONDS, total_seconds=_TOTAL
        )
        silent |= set(wanted) - {answer.module_id for answer in answers if answer.ok}
        for answer in answers:
            for row in (answer.value or ()) if answer.ok else ():
                if row.get("id") in rows:
                    rows[row["id"]].append(_called(answer.module_id, row))
                else:  # whom it protects is not known, so nothing may go
                    silent.add(answer.module_id)
    return ModuleReferences({key: said for key, said in rows.items() if said}, sorted(silent))


def _called(module_id: str, row: Mapping[str, Any]) -> str:
    return f"{module_id}: {row.get('model', '')} “{row.get('text', '')}”"


def _referred(kind: str, found: Sequence[str]) -> Refused:
    more = f" (+{len(found) - _NAMED})" if len(found) > _NAMED else ""
    return Refused(
        "record-in-use",
        _("This {kind} is in use by modules: {records}."),
        context={
            "kind": CORE_RECORDS[kind].label,
            "records": "; ".join(found[:_NAMED]) + more,
        },
        hint=_("Delete these records first, or let them refer to something else."),
    )


def use_unknown(kind: str, silent: Sequence[str]) -> Refused:
    """Return the refusal to delete what modules that could not be asked may refer to."""
    return Refused(
        "record-use-unknown",
        _("It is not known whether this {kind} is in use: {modules} could not be asked."),
        context={"kind": CORE_RECORDS[kind].label, "modules": ", ".join(silent)},
        hint=_("Look at the modules, or delete it anyway."),
    )
