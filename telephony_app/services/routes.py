"""Adding, changing, ordering and deleting routes (reference M7.5, M7.6)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.services.core_records import refuse_if_referred
from telephony_app.domain.faults import ValuesInvalid, Wrong
from telephony_app.domain.records import INCOMING_ROUTE, OUTGOING_ROUTE
from telephony_app.domain.words import DefaultAction
from telephony_app.models import IncomingRoute, OutgoingRoute
from telephony_app.services import records
from telephony_app.services.destinations import with_module
from telephony_app.services.records import Values

INCOMING_LINKS = {"provider": records.provider, "extension": records.extension}
INCOMING_FIELDS = (*INCOMING_ROUTE, *INCOMING_LINKS)
DEFAULT_FIELDS = ("action", "extension", "destination", "destination_module", "note")
OUTGOING_LINKS = {"provider": records.provider}
OUTGOING_FIELDS = (*OUTGOING_ROUTE, *OUTGOING_LINKS)


def create_incoming_route(*, actor: Actor, values: Values) -> IncomingRoute:
    """Add an incoming route behind all others, unless a ``priority`` is given.

    A ``destination`` is looked for among those that modules offer, so call it outside of a
    transaction. Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    values = with_module(values)
    with transaction.atomic():
        row = IncomingRoute()
        priority = records.last_priority(IncomingRoute, is_default=False)
        _store_incoming(row, {"priority": priority, **values})
        records.tell(actor, "incoming-route-add", row)
    return row


def change_incoming_route(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> IncomingRoute:
    """Change an incoming route. Raises as the others do; see `create_incoming_route`."""
    records.may_change(actor)
    values = with_module(values)
    with transaction.atomic():
        row = records.to_change(IncomingRoute, record_id, revision)
        changed = _store_incoming(row, values)
        records.tell(actor, "incoming-route-change", row, changed)
    return row


def set_default_route(
    *, actor: Actor, values: Values, revision: int | None = None
) -> IncomingRoute:
    """Say what happens to calls that no other route takes; makes the default route at first.

    ``values`` are some of `DEFAULT_FIELDS`. Raises as `change_incoming_route` does.
    """
    records.may_change(actor)
    values = with_module(values)
    with transaction.atomic():
        row = IncomingRoute.objects.filter(is_default=True).first()
        row = row or IncomingRoute(is_default=True, action=DefaultAction.HANGUP, timeout=0)
        records.refuse_overtaken(row, revision)
        records.refuse_unknown(values, DEFAULT_FIELDS)
        changed = _store_incoming(row, values)
        records.tell(actor, "default-route-change", row.action, changed)
    return row


def delete_incoming_route(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete an incoming route. Raises as the others do, and ``Refused`` for the default route."""
    records.may_change(actor)
    refuse_if_referred(kind="incoming-routes", record_id=record_id, anyway=anyway)
    with transaction.atomic():
        row = records.to_change(IncomingRoute, record_id, revision)
        if row.is_default:
            raise Refused(
                "default-route-stays",
                _("The default route cannot be deleted."),
                hint=_("Let it hang up instead."),
            )
        records.tell(actor, "incoming-route-delete", row)
        row.delete()


def order_incoming_routes(*, actor: Actor, record_ids: Sequence[int]) -> None:
    """Let routes be tried in this order; those that are not named follow as they were."""
    records.may_change(actor)
    with transaction.atomic():
        records.set_order(IncomingRoute, record_ids, is_default=False)
        records.tell(actor, "incoming-routes-order", "")


def create_outgoing_route(*, actor: Actor, values: Values) -> OutgoingRoute:
    """Add an outgoing route behind all others, unless a ``priority`` is given.

    Raises ``NotAllowed``, and `ValuesInvalid` for what cannot be stored.
    """
    records.may_change(actor)
    with transaction.atomic():
        row = OutgoingRoute()
        priority = records.last_priority(OutgoingRoute)
        _store_outgoing(row, {"name": "", "priority": priority, **values})
        records.tell(actor, "outgoing-route-add", row)
    return row


def change_outgoing_route(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> OutgoingRoute:
    """Change an outgoing route. Raises as the others do."""
    records.may_change(actor)
    with transaction.atomic():
        row = records.to_change(OutgoingRoute, record_id, revision)
        changed = _store_outgoing(row, values)
        records.tell(actor, "outgoing-route-change", row, changed)
    return row


def delete_outgoing_route(
    *, actor: Actor, record_id: int, revision: int | None = None, anyway: bool = False
) -> None:
    """Delete an outgoing route. Raises as the others do."""
    records.may_change(actor)
    refuse_if_referred(kind="outgoing-routes", record_id=record_id, anyway=anyway)
    with transaction.atomic():
        row = records.to_change(OutgoingRoute, record_id, revision)
        records.tell(actor, "outgoing-route-delete", row)
        row.delete()


def order_outgoing_routes(*, actor: Actor, record_ids: Sequence[int]) -> None:
    """Let routes be tried in this order; those that are not named follow as they were."""
    records.may_change(actor)
    with transaction.atomic():
        records.set_order(OutgoingRoute, record_ids)
        records.tell(actor, "outgoing-routes-order", "")


def _store_incoming(row: IncomingRoute, values: Values) -> list[str]:
    records.refuse_unknown(values, INCOMING_FIELDS)
    changed = records.fill(row, values, INCOMING_ROUTE, INCOMING_LINKS)
    if "destination" in values and not row.destination:
        row.destination_module = ""
    _refuse_no_target(row)
    row.save()
    return changed


def _refuse_no_target(row: IncomingRoute) -> None:
    if row.extension and row.destination:
        raise ValuesInvalid(
            {"destination": Wrong(_("A call goes to a number or to a destination, not to both."))}
        )
    if row.action == DefaultAction.EXTENSION and not row.extension and not row.destination:
        raise ValuesInvalid({"extension": Wrong(_("Say where the call goes."))})
    if row.action != DefaultAction.EXTENSION and not row.is_default:
        raise ValuesInvalid({"action": Wrong(_("Only the default route can do this."))})


def _store_outgoing(row: OutgoingRoute, values: Values) -> list[str]:
    records.refuse_unknown(values, OUTGOING_FIELDS)
    changed = records.fill(row, values, OUTGOING_ROUTE, OUTGOING_LINKS)
    if row.provider_id is None:
        raise ValuesInvalid({"provider": Wrong(_("Say by which provider calls leave."))})
    row.save()
    return changed
