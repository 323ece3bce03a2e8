"""Destinations of modules in forms and lists of routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language

from modules_app.domain.destinations import Offers
from modules_app.forms.destinations import give
from modules_app.services.destinations import list_offers
from modules_app.views.http import PageRequest
from telephony_app.forms.routes import TargetForm
from telephony_app.models import IncomingRoute
from telephony_app.selectors.destinations import lost_routes


def give_targets(request: PageRequest, form: TargetForm) -> None:
    """Fill a form with the destinations of modules; numbers have a field of their own."""
    offers = offers_of_modules(request)
    give(form, offers, request.get_full_path())
    form.without_offers(offers)


def offers_of_modules(request: PageRequest) -> Offers:
    """Return what modules offer for the person who reads the page."""
    found = list_offers(request.user, language=get_language() or "en")
    theirs = tuple(one for one in found.destinations if one.module_id)
    return Offers(theirs, () if request.only_looks else found.makers, found.silent)


def labelled(request: PageRequest, routes: Sequence[IncomingRoute]) -> None:
    """Give the routes that go to a module the words of its destination, and say if it is gone."""
    if not any(route.destination for route in routes):
        return
    labels = {one.value: one.label for one in offers_of_modules(request).destinations}
    lost = lost_routes()
    for route in routes:
        route.is_lost = route.pk in lost  # type: ignore[attr-defined]
        route.destination_label = labels.get(route.destination, "")  # type: ignore[attr-defined]


def with_stored_module(values: dict[str, Any], record: IncomingRoute | None) -> dict[str, Any]:
    """Name the module of a destination that stays: it may be asleep just now."""
    if record is None or not record.destination:
        return values
    if values.get("destination") != record.destination:
        return values
    return {**values, "destination_module": record.destination_module}
