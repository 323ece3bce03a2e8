"""The pages of incoming routes, and of the default route behind them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.forms.routes import DefaultRouteForm, IncomingRouteForm
from telephony_app.models import IncomingRoute, Provider
from telephony_app.selectors.lists import default_route, list_incoming_routes, order_of
from telephony_app.selectors.records import find_incoming_route
from telephony_app.services.routes import (
    change_incoming_route,
    create_incoming_route,
    delete_incoming_route,
    order_incoming_routes,
    set_default_route,
)
from telephony_app.views.lists import list_context, moved, read_asked
from telephony_app.views.records import Editing, Kind, delete, edit, initial_of, sent, storing
from telephony_app.views.targets import give_targets, labelled, with_stored_module

KIND = Kind(
    name="incoming-route",
    address="/incoming-routes/",
    title=_("Incoming routes"),
    new=_("New incoming route"),
    saved=_("The incoming route %(name)s is saved."),
    delete=_("Delete the incoming route %(name)s?"),
    deleted=_("The incoming route %(name)s is deleted."),
    loss=_("Calls that it took go to the next route that fits, at last to the default route."),
    form="telephony/route_fields.html",
)
DEFAULT = Kind(
    name="default-route",
    address=KIND.address,
    title=KIND.title,
    new=_("Default route"),
    saved=_("The default route is saved."),
    delete="",
    deleted="",
    loss="",
    form=KIND.form,
)


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def incoming_route_list(request: PageRequest) -> HttpResponse:
    """Show the incoming routes in their order, and the default route behind them."""
    return _list(request)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
def incoming_route_move(request: PageRequest) -> HttpResponse:
    """Let a route change places with its neighbour: ``up`` or ``down`` holds its number."""
    order = moved(request, order_of(IncomingRoute, is_default=False))
    if order:
        order_incoming_routes(actor=request.actor, record_ids=order)
    return _list(request) if request.htmx else redirect(KIND.address)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
def incoming_route_new(request: PageRequest) -> HttpResponse:
    """Show an empty route (GET), or add it behind all others (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
def incoming_route_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show a route (GET), or store it (POST)."""
    record = find_incoming_route(record_id)
    return redirect("incoming-route-default") if record.is_default else _edit(request, record)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
def incoming_route_default(request: PageRequest) -> HttpResponse:
    """Show what happens to calls that no other route took (GET), or store it (POST)."""
    record = default_route()
    stored = default_values(record) if record else {"action": "hangup"}
    form = DefaultRouteForm(sent(request), initial=initial_of(record, stored))
    give_targets(request, form)

    def save(values: dict[str, Any], revision: int | None) -> IncomingRoute:
        given = with_stored_module(values, record)
        return set_default_route(actor=request.actor, values=given, revision=revision)

    return edit(request, DefaultEditing(DEFAULT, form, record, save, default_values))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete an incoming route"))
def incoming_route_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask (GET), or delete it (POST)."""
    return delete(request, KIND, find_incoming_route(record_id), delete_incoming_route)


class DefaultEditing(Editing):
    """The default route has one address, whether somebody made it before or not."""

    __slots__ = ()

    @property
    def action(self) -> str:
        """Return where the form is sent."""
        return f"{self.kind.address}default/"

    @property
    def heading(self) -> str:
        """Return what it is called."""
        return gettext(self.kind.new)


def values_of(record: IncomingRoute) -> dict[str, Any]:
    """Return what is stored of a route."""
    names = IncomingRouteForm.models[IncomingRoute]
    return {name: getattr(record, name) for name in names} | _target_of(record)


def default_values(record: IncomingRoute) -> dict[str, Any]:
    """Return what is stored of the default route."""
    return {"action": record.action, **_target_of(record)}


def _target_of(record: IncomingRoute) -> dict[str, Any]:
    number = record.extension.number if record.extension else ""
    return {"extension": number, "destination": record.destination}


def _edit(request: PageRequest, record: IncomingRoute | None) -> HttpResponse:
    initial = initial_of(record, values_of(record) if record else {})
    form = IncomingRouteForm(sent(request), initial=initial)
    give_targets(request, form)
    store = storing(request, record, create_incoming_route, change_incoming_route)

    def save(values: dict[str, Any], revision: int | None) -> IncomingRoute:
        return store(with_stored_module(values, record), revision)

    return edit(request, Editing(KIND, form, record, save, values_of))


def _list(request: PageRequest) -> HttpResponse:
    listed, last = list_incoming_routes(read_asked(request)), default_route()
    labelled(request, [*listed.rows, *([last] if last else [])])
    context = {
        **list_context(request, KIND.address, listed),
        "default": last,
        "any_label": gettext("any"),
        "every_label": gettext("every number"),
        "has_providers": Provider.objects.exists(),
    }
    return full_or_part(request, "telephony/incoming_routes.html", "results", context)
