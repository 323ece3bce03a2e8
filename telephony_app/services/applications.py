"""Adding, changing and deleting dialplan applications: a number together with its logic."""

from __future__ import annotations

from django.db import transaction

from modules_app.permissions import Actor
from modules_app.services.core_records import refuse_if_referred
from telephony_app.domain.faults import ValuesInvalid
from telephony_app.domain.records import APPLICATION, APPLICATION_NUMBER
from telephony_app.domain.words import Kind
from telephony_app.models import DialplanApplication, Extension
from telephony_app.selectors.records import find_application
from telephony_app.services import records
from telephony_app.services.extensions import CORE_KIND, follow_number
from telephony_app.services.records import Values

FIELDS = (*APPLICATION_NUMBER, *APPLICATION)


def create_application(*, actor: Actor, values: Values) -> DialplanApplication:
    """Add a dialplan application with its number.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        number = Extension(kind=Kind.APPLICATION)
        row = DialplanApplication(extension=number)
        _store(row, number, {"number": "", "name": "", "logic": "", **values})
        records.tell(actor, "dialplan-application-add", number.number)
    return row


def change_application(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> DialplanApplication:
    """Change a dialplan application. A new number goes into the forwardings that had the old one.

    Raises ``NotAllowed``, ``NotFound``, `Overtaken`, `ValuesInvalid`, and ``Refused`` for a new
    number when rows of modules refer to the old one.
    """
    records.may_change(actor)
    before = find_application(record_id).number
    if str(values.get("number", before)).strip() != before:
        refuse_if_referred(kind=CORE_KIND, record_id=before)
    with transaction.atomic():
        row = find_application(record_id)
        records.refuse_overtaken(row, revision)
        old = row.number
        changed = _store(row, row.extension, values)
        follow_number(old, row.number)
        records.tell(actor, "dialplan-application-change", row.number, changed)
    return row


def delete_application(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete a dialplan application and its number. Raises as the others do."""
    records.may_change(actor)
    number = find_application(record_id).number
    refuse_if_referred(kind=CORE_KIND, record_id=number, anyway=anyway)
    with transaction.atomic():
        row = find_application(record_id)
        records.refuse_overtaken(row, revision)
        records.refuse_in_use(row.extension)
        row.delete()
        row.extension.delete()
        records.tell(actor, "dialplan-application-delete", number)


def _store(row: DialplanApplication, number: Extension, values: Values) -> list[str]:
    records.refuse_unknown(values, FIELDS)
    faults = {}
    changed: list[str] = []
    for record, checks in ((number, APPLICATION_NUMBER), (row, APPLICATION)):
        try:
            changed += records.fill(record, values, checks, {})
        except ValuesInvalid as error:
            faults |= error.faults
    if faults:
        raise ValuesInvalid(faults)
    records.refuse_taken(number, "number")
    number.name = row.name
    number.save()
    row.extension = number
    row.save()
    return changed
