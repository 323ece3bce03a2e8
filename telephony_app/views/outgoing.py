"""The pages of outgoing routes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.forms.routes import OutgoingRouteForm
from telephony_app.models import OutgoingRoute, Provider
from telephony_app.selectors.lists import list_outgoing_routes, order_of
from telephony_app.selectors.records import find_outgoing_route
from telephony_app.services.routes import (
    change_outgoing_route,
    create_outgoing_route,
    delete_outgoing_route,
    order_outgoing_routes,
)
from telephony_app.views.lists import list_context, moved, read_asked
from telephony_app.views.records import Editing, Kind, delete, edit, initial_of, sent, storing

KIND = Kind(
    name="outgoing-route",
    address="/outgoing-routes/",
    title=_("Outgoing routes"),
    new=_("New outgoing route"),
    saved=_("The outgoing route %(name)s is saved."),
    delete=_("Delete the outgoing route %(name)s?"),
    deleted=_("The outgoing route %(name)s is deleted."),
    loss=_("Numbers that only this route took cannot be called any more."),
)


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def outgoing_route_list(request: PageRequest) -> HttpResponse:
    """Show the outgoing routes in the order in which they are tried."""
    return _list(request)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
def outgoing_route_move(request: PageRequest) -> HttpResponse:
    """Let a route change places with its neighbour: ``up`` or ``down`` holds its number."""
    if order := moved(request, order_of(OutgoingRoute)):
        order_outgoing_routes(actor=request.actor, record_ids=order)
    return _list(request) if request.htmx else redirect(KIND.address)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
def outgoing_route_new(request: PageRequest) -> HttpResponse:
    """Show an empty route (GET), or add it behind all others (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
def outgoing_route_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show a route (GET), or store it (POST)."""
    return _edit(request, find_outgoing_route(record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete an outgoing route"))
def outgoing_route_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask (GET), or delete it (POST)."""
    return delete(request, KIND, find_outgoing_route(record_id), delete_outgoing_route)


def values_of(record: OutgoingRoute) -> dict[str, Any]:
    """Return what is stored of a route."""
    return {name: getattr(record, name) for name in OutgoingRouteForm.models[OutgoingRoute]}


def _edit(request: PageRequest, record: OutgoingRoute | None) -> HttpResponse:
    initial = initial_of(record, values_of(record) if record else {})
    form = OutgoingRouteForm(sent(request), initial=initial)
    save = storing(request, record, create_outgoing_route, change_outgoing_route)
    return edit(request, Editing(KIND, form, record, save, values_of))


def _list(request: PageRequest) -> HttpResponse:
    listed = list_outgoing_routes(read_asked(request))
    context = list_context(request, KIND.address, listed)
    context["has_providers"] = Provider.objects.exists()
    return full_or_part(request, "telephony/outgoing_routes.html", "results", context)
