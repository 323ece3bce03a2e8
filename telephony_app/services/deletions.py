"""What deleting several phones would come to, said before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules_app.exceptions import Refused
from modules_app.permissions import Actor
from modules_app.services.core_records import references_in_modules, use_unknown
from telephony_app.models import Extension
from telephony_app.selectors.references import Reference, references_of_phones
from telephony_app.services import records
from telephony_app.services.extensions import CORE_KIND


@dataclass(frozen=True, slots=True)
class Staying:
    """A phone that is in use: the records that refer to it, and what modules say of theirs."""

    phone: Extension
    records: Sequence[Reference] = ()
    modules: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Which of several phones would go and which would stay, both in the order of before.

    ``unknown`` is the refusal that is to be expected because a module could not be asked.
    """

    going: Sequence[int]
    staying: Sequence[Staying] = ()
    unknown: Refused | None = None


def outlook(*, actor: Actor, phones: Sequence[Extension]) -> Outlook:
    """Return what deleting phones would come to if those in use are left out.

    Raises ``NotAllowed``. Call it outside of a transaction.
    """
    records.may_change(actor)
    numbers = [phone.number for phone in phones]
    said = references_in_modules(kind=CORE_KIND, record_ids=numbers)
    protected = [phone for phone in phones if phone.number in said.rows]
    referred = references_of_phones(phones, protected)
    return Outlook(
        [phone.pk for phone in phones if phone not in referred and phone.number not in said.rows],
        _staying(phones, referred, said.rows),
        use_unknown(CORE_KIND, said.silent) if said.silent else None,
    )


def _staying(
    phones: Sequence[Extension],
    referred: Mapping[Extension, Sequence[Reference]],
    rows: Mapping[str, Sequence[str]],
) -> list[Staying]:
    return [
        Staying(phone, referred.get(phone, ()), rows.get(phone.number, ()))
        for phone in phones
        if phone in referred or phone.number in rows
    ]
