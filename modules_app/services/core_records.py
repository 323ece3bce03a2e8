"""Deleting core records that rows of modules refer to (design 3 and 6, reference M3.7, M5.4)."""

from __future__ import annotations

from modules_app.domain.core_records import CORE_RECORDS, CORE_REFERENCES
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.answers import implementers
from modules_app.services.hook_calls import ask_modules

_SECONDS = 2.0
_TOTAL = 10.0
_NAMED = 10


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
        f"{answer.module_id}: {row.get('model', '')} “{row.get('text', '')}”"
        for answer in answers
        if answer.ok
        for row in answer.value or ()
    ]
    if found:
        raise _referred(kind, found)
    silent = sorted(set(wanted) - {answer.module_id for answer in answers if answer.ok})
    if silent and not anyway:
        raise _silent(kind, silent)


def _referred(kind: str, found: list[str]) -> Refused:
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


def _silent(kind: str, silent: list[str]) -> Refused:
    return Refused(
        "record-use-unknown",
        _("It is not known whether this {kind} is in use: {modules} could not be asked."),
        context={"kind": CORE_RECORDS[kind].label, "modules": ", ".join(silent)},
        hint=_("Look at the modules, or delete it anyway."),
    )
