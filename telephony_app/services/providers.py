"""Adding, changing and deleting providers (reference M7.4)."""

from __future__ import annotations

from django.db import transaction

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.services.core_records import refuse_if_referred
from telephony_app.domain.faults import ValuesInvalid, Wrong
from telephony_app.domain.hosts import is_section_user, refuse_section
from telephony_app.domain.records import PROVIDER
from telephony_app.domain.words import Kind, Registration
from telephony_app.models import Extension, Provider, new_uniqid
from telephony_app.selectors.records import find_record
from telephony_app.services import records
from telephony_app.services.records import Values

LINKS = {"network_filter": records.network}
FIELDS = (*PROVIDER, *LINKS)

CORE_KIND = "providers"


def create_provider(*, actor: Actor, values: Values) -> Provider:
    """Add a provider; without a ``uniqid`` it gets one.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        row = Provider()
        named = {"description": "", **values}
        _store(row, {**named, "uniqid": named.get("uniqid") or new_uniqid()})
        records.tell(actor, "provider-add", row.uniqid)
    return row


def change_provider(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> Provider:
    """Change a provider; an empty ``secret`` leaves the password as it is.

    Raises ``NotAllowed``, ``NotFound``, `Overtaken`, `ValuesInvalid`, and ``Refused`` for a new
    ``uniqid`` when rows of modules refer to the old one.
    """
    records.may_change(actor)
    before = find_record(Provider, record_id)
    if values.get("uniqid", before.uniqid) != before.uniqid:
        refuse_if_referred(kind=CORE_KIND, record_id=before.uniqid)
    with transaction.atomic():
        row = records.to_change(Provider, record_id, revision)
        changed = _store(row, values)
        records.tell(actor, "provider-change", row.uniqid, changed)
    return row


def delete_provider(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete a provider that no route and no row of a module refers to.

    Raises ``NotAllowed``, ``NotFound``, `Overtaken`, and ``Refused`` that names who refers to it;
    ``anyway`` deletes it also when a module could not be asked.
    """
    records.may_change(actor)
    uniqid = find_record(Provider, record_id).uniqid
    refuse_if_referred(kind=CORE_KIND, record_id=uniqid, anyway=anyway)
    with transaction.atomic():
        row = records.to_change(Provider, record_id, revision)
        records.refuse_in_use(row)
        row.delete()
        records.tell(actor, "provider-delete", uniqid)


def _store(row: Provider, values: Values) -> list[str]:
    records.refuse_unknown(values, FIELDS)
    kept = row.secret
    changed = records.fill(row, values, PROVIDER, LINKS)
    row.secret = row.secret or kept
    faults = {**_missing(row), **_clashes(row)}
    if faults:
        raise ValuesInvalid(faults)
    records.refuse_taken(row, "uniqid")
    records.refuse_unknown_codecs(row.codecs)
    row.save()
    return [name for name in changed if name != "secret" or row.secret != kept]


def _missing(row: Provider) -> dict[str, Wrong]:
    """Return what this kind of registration needs besides."""
    faults: dict[str, Wrong] = {}
    if not row.host and row.registration != Registration.INBOUND and not row.additional_hosts:
        faults["host"] = Wrong(_("Without a host nobody knows where calls should go."))
    if not row.host and row.registration == Registration.OUTBOUND:
        faults["host"] = Wrong(_("Without a host nobody knows where to register."))
    if not row.username and row.registration != Registration.NONE:
        faults["username"] = Wrong(_("A registration needs a user name."))
    if not row.secret and row.registration == Registration.INBOUND:
        faults["secret"] = Wrong(_("Without a password everybody could register here."))
    return faults


def _clashes(row: Provider) -> dict[str, Wrong]:
    """Return why a name cannot be that of a section: one that registers here is named so."""
    others = Provider.objects.exclude(pk=row.pk)
    inbound = others.filter(registration=Registration.INBOUND)
    if other := inbound.filter(username=row.uniqid).first():
        return {"uniqid": _taken(row.uniqid, other)}
    if row.registration != Registration.INBOUND or not row.username:
        return {}
    name = row.username
    if not is_section_user(name):
        return {"username": Wrong(_("“{text}” is no user name of SIP."), text=name)}
    if not name.isdigit():
        try:
            refuse_section(name)
        except Wrong as error:
            return {"username": error}
    phones = Extension.objects.filter(kind=Kind.PHONE, number=name)
    found = phones.first() or inbound.filter(username=name).first()
    found = found or others.filter(uniqid=name).first()
    return {"username": _taken(name, found)} if found else {}


def _taken(value: str, owner: object) -> Wrong:
    return Wrong(_("“{value}” is taken already: {owner}."), value=value, owner=str(owner))
