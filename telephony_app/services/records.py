"""What storing and deleting have in common for all telephone records.

A record is changed in one transaction with its audit event and what modules hear of it. Whoever
edits says which revision they saw; if it is not the newest any more, nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Max, Model
from django.utils.translation import gettext

from modules_app import audit
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import NetworkFilter
from modules_app.permissions import Actor, Right, require
from telephony_app.domain.faults import ValuesInvalid, Wrong, checked
from telephony_app.domain.records import Checks
from telephony_app.models import Codec, Extension, Provider
from telephony_app.models.base import TelephonyModel
from telephony_app.selectors.records import find_record
from telephony_app.selectors.references import Reference, references_to

Values = Mapping[str, Any]
"""What somebody says about a record, by the names of its fields.

What is not named stays as it is. Records that it refers to are named as people name them: a
provider by its identifier, an extension by its number, a network by its number in the list; or
they are the records themselves.
"""

CHANGED = "record-changed"
IN_USE = "record-in-use"

STEP = 10
"""Between the priorities of two records in an order that was chosen."""

_NAMED = 10

Link = Callable[[Any], Model | None]
Record = TypeVar("Record", bound=TelephonyModel)


class Overtaken(Refused):
    """Somebody else changed the record in the meantime."""

    http_status = 409


def may_change(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change telephone records."""
    require(actor, Right.CHANGE_TELEPHONY)


def to_change(model: type[Record], record_id: int, revision: int | None) -> Record:
    """Return a record as it is now. Raises ``NotFound``, and `Overtaken` when it is a newer one."""
    record = find_record(model, record_id)
    refuse_overtaken(record, revision)
    return record


def refuse_overtaken(record: TelephonyModel, revision: int | None) -> None:
    """Raise `Overtaken` when ``revision`` is given and not that of the record."""
    if revision is not None and revision != record.revision:
        raise Overtaken(
            CHANGED,
            _("“{name}” was changed by somebody else in the meantime, so nothing was stored."),
            context={"name": str(record), "revision": record.revision},
            hint=_("Look at what is stored now, and make your change again."),
        )


def fill(record: Model, values: Values, checks: Checks, links: Mapping[str, Link]) -> list[str]:
    """Give a record what was said, without storing it; return the fields that are others now.

    ``values`` may hold more than this record has. Raises `ValuesInvalid`.
    """
    found: dict[str, Any] = checked(values, checks)
    faults = {}
    for name, link in links.items():
        if name in values:
            try:
                found[name] = link(values[name])
            except Wrong as error:
                faults[name] = error
    if faults:
        raise ValuesInvalid(faults)
    changed = [name for name, value in found.items() if _stored(record, name) != value]
    for name, value in found.items():
        setattr(record, name, value)
    return changed


def refuse_unknown(values: Values, *known: Iterable[str]) -> None:
    """Raise `ValuesInvalid` for names that a kind of record does not have."""
    names = {name for part in known for name in part}
    unknown = sorted(str(name) for name in values if name not in names)
    if unknown:
        raise ValuesInvalid(
            {unknown[0][:40]: Wrong(_("There is no field “{name}”."), name=unknown[0][:40])}
        )


def refuse_taken(record: Model, field: str) -> None:
    """Raise `ValuesInvalid` when another record of the model has the same value."""
    value = getattr(record, field)
    rows: Any = type(record)._default_manager
    other = rows.filter(**{field: value}).exclude(pk=record.pk).first()
    if other is not None:
        raise ValuesInvalid(
            {field: Wrong(_("“{value}” is taken already: {owner}."), value=value, owner=str(other))}
        )


def refuse_unknown_codecs(codecs: Sequence[str]) -> None:
    """Raise `ValuesInvalid` when a codec is not in the list of codecs."""
    if codecs:
        known = set(Codec.objects.values_list("name", flat=True))
        if unknown := [name for name in codecs if name not in known]:
            raise ValuesInvalid(
                {"codecs": Wrong(_("There is no codec “{name}”."), name=unknown[0])}
            )


def refuse_in_use(record: Model) -> None:
    """Raise ``Refused`` that names who refers to a record."""
    if found := references_to(record):
        raise in_use(str(record), found)


def in_use(name: str, found: Sequence[Reference]) -> Refused:
    """Return the refusal to delete what others refer to."""
    more = f" (+{len(found) - _NAMED})" if len(found) > _NAMED else ""
    return Refused(
        IN_USE,
        _("“{name}” is in use: {records}."),
        context={"name": name, "records": "; ".join(map(_called, found[:_NAMED])) + more},
        hint=_("Delete these records first, or let them refer to something else."),
    )


def _called(reference: Reference) -> str:
    return f"{gettext(reference.label)} {reference.text}"


def last_priority(model: type[TelephonyModel], **among: Any) -> int:
    """Return the priority that puts a new record behind all others."""
    rows: Any = model._default_manager
    return int(rows.filter(**among).aggregate(last=Max("priority"))["last"] or 0) + STEP


def set_order(model: type[TelephonyModel], record_ids: Sequence[int], **among: Any) -> None:
    """Give records priorities in the order of ``record_ids``; the others follow as they were."""
    rows: Any = model._default_manager
    records = {one.pk: one for one in rows.filter(**among)}
    chosen = [records.pop(pk) for pk in dict.fromkeys(record_ids) if pk in records]
    rest = sorted(records.values(), key=lambda one: (one.priority, one.pk))
    for place, record in enumerate([*chosen, *rest], start=1):
        if record.priority != place * STEP:
            record.priority = place * STEP
            record.save(update_fields=["priority"])


def tell(
    actor: Actor, action: str, target: object, fields: Sequence[str] = (), **more: Any
) -> None:
    """Write the audit event of a change; which fields, but not what is in them."""
    detail = {**({"fields": sorted(fields)} if fields else {}), **more}
    audit.record(actor=actor, action=action, target=str(target), outcome="done", detail=detail)


_KEYS = {"pk": "id", "uniqid": "uniqid", "number": "number"}


def network(value: Any) -> NetworkFilter | None:
    """Return the network that is meant, None for everywhere. Raises `Wrong`."""
    return _linked(NetworkFilter, "pk", value)


def provider(value: Any) -> Provider | None:
    """Return the provider that is meant, None for none. Raises `Wrong`."""
    return _linked(Provider, "uniqid", value)


def extension(value: Any) -> Extension | None:
    """Return the extension that is meant, None for none. Raises `Wrong`."""
    return _linked(Extension, "number", value)


def _linked(model: Any, key: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, model):
        return value
    text = str(value).strip()[:64]
    usable = key != "pk" or (text.isascii() and text.isdigit() and len(text) < 18)
    record = model.objects.filter(**{key: text}).first() if usable else None
    if record is None:
        sentence = _("There is no “{name}” to choose; say which one by its {key}.")
        raise Wrong(sentence, name=text, key=_KEYS[key])
    return record


def _stored(record: Model, name: str) -> Any:
    field = record._meta.get_field(name)
    if not field.is_relation:
        return getattr(record, name)
    return getattr(record, name) if getattr(record, f"{name}_id") else None
