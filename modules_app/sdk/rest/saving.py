"""The seven phases of saving a record (reference M11.4).

1 clean what was sent, 2 look for what is required, 3 decide between create, update and patch,
4 defaults on create only, 5 check against the fields, 6 save in a transaction, a patch writing only
the fields that were sent, 7 answer, with 201 on create.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from modules_app.sdk.rest.fields import MISSING, Field
from modules_app.sdk.rest.results import RestError


class Intent(StrEnum):
    """What a request means to do to a record."""

    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"


def clean(fields: Mapping[str, Field], sent: Any, intent: Intent) -> dict[str, Any]:
    """Do the phases 1 to 5 and return the values to write.

    Raises `RestError` (422) with a sentence for each field that does not fit; unknown names are
    refused, read-only ones passed over.
    """
    if not isinstance(sent, Mapping):
        raise RestError(400, _("Send the fields as one JSON object."))
    faults: dict[str, str] = {}
    values = _sanitised(fields, sent, faults)
    _look_for_required(fields, values, intent, faults)
    if intent is Intent.CREATE:
        for name, field in fields.items():
            if name not in values and name not in faults and field.default is not MISSING:
                values[name] = field.default() if callable(field.default) else field.default
    for name, value in values.items():
        _check(fields[name], name, value, faults)
    if faults:
        raise refusal(faults)
    return values


def refusal(faults: Mapping[str, str]) -> RestError:
    """Return the error for fields that do not fit: one sentence for each, named."""
    said = [f"{name}: {why}" for name, why in faults.items()]
    return RestError(422, *said, data={"fields": dict(faults)})


def _sanitised(
    fields: Mapping[str, Field], sent: Mapping[str, Any], faults: dict[str, str]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in sent.items():
        field = fields.get(name)
        if field is None:
            if name != "id":
                faults[str(name)[:64]] = _("There is no such field.")
        elif not field.read_only:
            try:
                values[name] = None if value is None else field.sanitise(value)
            except ValueError as error:
                faults[name] = str(error)
    return values


def _look_for_required(
    fields: Mapping[str, Field], values: Mapping[str, Any], intent: Intent, faults: dict[str, str]
) -> None:
    for name, field in fields.items():
        if not field.required or field.read_only or name in faults:
            continue
        not_sent = intent is not Intent.PATCH
        if field.is_empty(values[name]) if name in values else not_sent:
            faults[name] = _("It is required.")


def _check(field: Field, name: str, value: Any, faults: dict[str, str]) -> None:
    if name in faults:
        return
    if value is None:
        if not field.null:
            faults[name] = _("It must have a value.")
        return
    try:
        field.validate(value)
    except ValueError as error:
        faults[name] = str(error)
