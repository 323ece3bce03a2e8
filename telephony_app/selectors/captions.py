"""What people call the records whose changes wait, also those that are deleted by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from modules_app.models import NetworkFilter
from telephony_app.domain.captions import DEFAULT_ROUTE, caption_of
from telephony_app.models import (
    AriUser,
    Codec,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
)
from telephony_app.selectors.apply import WaitingRecord

Caption = dict[str, Any]
"""``{"message", "context"}``: a sentence to be translated, then filled."""

_NAMED: Mapping[str, tuple[type[Model], str]] = {
    "Providers": (Provider, "uniqid"),
    "IncomingRoutingTable": (IncomingRoute, "pk"),
    "OutgoingRoutingTable": (OutgoingRoute, "pk"),
    "Codecs": (Codec, "pk"),
    "AsteriskManagerUsers": (ManagerUser, "pk"),
    "AsteriskRestUsers": (AriUser, "pk"),
    "NetworkFilters": (NetworkFilter, "pk"),
}
"""Records that people do not know by the key of their events, by the seeds' names. Numbers, keys
of settings and names of files are names already."""


def captions_of(records: Sequence[WaitingRecord]) -> list[Caption]:
    """Return what each record is called, in their order; one query for each kind."""
    kinds = {one.model for one in records} & set(_NAMED)
    rows = {kind: _rows(kind, [o.record_id for o in records if o.model == kind]) for kind in kinds}
    return [_caption(one, rows.get(one.model, {}).get(one.record_id)) for one in records]


def _rows(kind: str, keys: Iterable[str]) -> dict[str, Model]:
    """Return the records of a kind that are still there, by the key of their events."""
    model, key = _NAMED[kind]
    found = model._default_manager.filter(**{f"{key}__in": list(keys)})
    return {str(getattr(row, key)): row for row in found}


def _caption(one: WaitingRecord, row: Model | None) -> Caption:
    if isinstance(row, IncomingRoute) and row.is_default:
        return {"message": DEFAULT_ROUTE, "context": {}}
    name = one.record_id
    if one.model in _NAMED:
        name = str(row) if row is not None else one.name or name
    return {"message": caption_of(one.model), "context": {"id": name}}
