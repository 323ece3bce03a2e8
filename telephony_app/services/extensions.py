"""Adding, changing and deleting phones: a number together with its SIP account."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.domain.model_events import DELETED, SAVED, WATCHED
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.selectors.answers import implementers
from modules_app.services.core_records import refuse_if_any_referred, refuse_if_referred
from modules_app.services.events import emit_many
from telephony_app.domain.faults import ValuesInvalid, Wrong
from telephony_app.domain.passwords import new_secret
from telephony_app.domain.records import EXTENSION, SIP_ACCOUNT
from telephony_app.domain.words import Kind, Registration
from telephony_app.models import Extension, Provider, SipAccount
from telephony_app.selectors.records import find_phone, found
from telephony_app.selectors.references import forwarding_to, references_of_phones
from telephony_app.services import records
from telephony_app.services.records import Values

LINKS = {"network_filter": records.network}
FIELDS = (*EXTENSION, *SIP_ACCOUNT, *LINKS)
"""Every field of a phone, as `create_extension` takes them."""

CORE_KIND = "extensions"
_AUDITED = 50
FORWARDINGS = ("forwarding", "forwarding_on_busy", "forwarding_on_unavailable")


def create_extension(*, actor: Actor, values: Values) -> Extension:
    """Add a phone; without a ``secret`` one is generated.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        row = Extension(kind=Kind.PHONE)
        account = SipAccount(extension=row)
        store_phone(row, account, {"number": "", **values})
        records.tell(actor, "extension-add", row.number)
    return row


def change_extension(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> Extension:
    """Change a phone; an empty ``secret`` leaves the password as it is.

    A new number goes into the forwardings that had the old one. Raises ``NotAllowed``,
    ``NotFound``, `Overtaken`, `ValuesInvalid`, and ``Refused`` for a new number when rows of
    modules refer to the old one.
    """
    records.may_change(actor)
    before = find_phone(record_id)
    if str(values.get("number", before.number)).strip() != before.number:
        refuse_if_referred(kind=CORE_KIND, record_id=before.number)
    with transaction.atomic():
        row = find_phone(record_id)
        records.refuse_overtaken(row, revision)
        old = row.number
        changed = store_phone(row, row.sip, values)
        follow_number(old, row.number)
        records.tell(actor, "extension-change", row.number, changed)
    return row


def delete_extension(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete a phone that nobody refers to.

    Raises ``NotAllowed``, ``NotFound``, `Overtaken`, and ``Refused`` that names who refers to it;
    ``anyway`` deletes it also when a module could not be asked.
    """
    records.may_change(actor)
    refuse_if_referred(kind=CORE_KIND, record_id=find_phone(record_id).number, anyway=anyway)
    with transaction.atomic():
        row = find_phone(record_id)
        records.refuse_overtaken(row, revision)
        _erase(actor, row)


def delete_extensions(*, actor: Actor, record_ids: Sequence[int], anyway: bool = False) -> int:
    """Delete several phones, all or none; return how many. Raises as `delete_extension` does.

    Phones that go together may refer to each other.
    """
    records.may_change(actor)
    if implementers(CORE_REFERENCES):
        numbers = [row.number for row in _chosen(record_ids)]
        refuse_if_any_referred(kind=CORE_KIND, record_ids=numbers, anyway=anyway)
    with transaction.atomic():
        rows = _chosen(record_ids)
        for row, others in references_of_phones(rows).items():
            raise records.in_use(str(row), others)
        accounts = [row.sip.pk for row in rows]
        SipAccount.objects.filter(pk__in=accounts)._raw_delete(connection.alias)
        Extension.objects.filter(pk__in=[row.pk for row in rows])._raw_delete(connection.alias)
        _emit(rows, "SipAccount", DELETED)
        _emit(rows, "Extension", DELETED)
        _tell_many(actor, "extensions-delete", rows)
    return len(rows)


def disable_extensions(*, actor: Actor, record_ids: Sequence[int], disabled: bool = True) -> int:
    """Switch several phones off, or on again; return how many changed.

    Raises ``NotAllowed`` and ``NotFound``.
    """
    records.may_change(actor)
    with transaction.atomic():
        rows = [row for row in _chosen(record_ids) if row.sip.disabled != disabled]
        newer = {"revision": F("revision") + 1, "changed_at": timezone.now()}
        accounts = SipAccount.objects.filter(pk__in=[row.sip.pk for row in rows])
        accounts.update(disabled=disabled, **newer)
        Extension.objects.filter(pk__in=[row.pk for row in rows]).update(**newer)
        _emit(rows, "SipAccount", SAVED, ["disabled"])
        _tell_many(actor, "extensions-disable" if disabled else "extensions-enable", rows)
    return len(rows)


def store_phone(row: Extension, account: SipAccount, values: Values) -> list[str]:
    """Store number and account in the transaction of the caller; return the changed fields.

    Raises `ValuesInvalid`.
    """
    records.refuse_unknown(values, FIELDS)
    kept = account.secret
    faults: dict[str, Wrong] = {}
    changed: list[str] = []
    for record, checks, links in ((row, EXTENSION, {}), (account, SIP_ACCOUNT, LINKS)):
        try:
            changed += records.fill(record, values, checks, links)
        except ValuesInvalid as error:
            faults |= error.faults
    if faults:
        raise ValuesInvalid(faults)
    account.secret = account.secret or kept or new_secret()
    _refuse_wrong(row, account)
    row.save()
    account.extension = row
    account.save()
    return [name for name in changed if name != "secret" or account.secret != kept]


def follow_number(old: str, new: str) -> None:
    """Let forwardings to a number go to its new one, in the transaction of the change."""
    if old == new:
        return
    for account in forwarding_to(old):
        for name in FORWARDINGS:
            if getattr(account, name) == old:
                setattr(account, name, new)
        account.save()


def _refuse_wrong(row: Extension, account: SipAccount) -> None:
    records.refuse_taken(row, "number")
    inbound = Provider.objects.filter(registration=Registration.INBOUND)
    if owner := inbound.filter(username=row.number).first():
        taken = Wrong(_("“{value}” is taken already: {owner}."), value=row.number, owner=str(owner))
        raise ValuesInvalid({"number": taken})
    records.refuse_unknown_codecs(account.codecs)
    for name in FORWARDINGS:
        if getattr(account, name) == row.number:
            raise ValuesInvalid({name: Wrong(_("A number cannot forward to itself."))})


def _chosen(record_ids: Sequence[int]) -> list[Extension]:
    wanted = list(dict.fromkeys(record_ids))
    phones = Extension.objects.filter(kind=Kind.PHONE, sip__isnull=False)
    rows = phones.select_related("sip").in_bulk(wanted)
    return [found(rows.get(pk), pk) for pk in wanted]


def _erase(actor: Actor, row: Extension) -> None:
    records.refuse_in_use(row)
    number = row.number
    row.sip.delete()
    row.delete()
    records.tell(actor, "extension-delete", number)


def _emit(
    rows: Sequence[Extension], model: str, action: str, fields: Sequence[str] | None = None
) -> None:
    watched = WATCHED[model]
    changed = watched.columns if fields is None else fields
    changes = [(row.number, changed) for row in rows]
    emit_many(model=watched.seed_name, action=action, changes=changes)


def _tell_many(actor: Actor, action: str, rows: Sequence[Extension]) -> None:
    numbers = [row.number for row in rows[:_AUDITED]]
    records.tell(actor, action, ", ".join(numbers), count=len(rows), numbers=numbers)
