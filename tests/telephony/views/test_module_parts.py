"""What modules add to the telephone pages: fields of their own, and destinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.destinations import Destination, Offers, provided
from modules_app.domain.states import Wanted
from modules_app.services import module_forms
from telephony_app.models import Extension, IncomingRoute, Provider
from telephony_app.selectors import destinations
from telephony_app.selectors.destinations import lost_routes
from telephony_app.services import destinations as services
from telephony_app.views import targets
from tests.surfaces.rows import answering
from tests.telephony.views.test_extensions import MINE, text

pytestmark = pytest.mark.django_db

FIELD = {"name": "limit", "label": "Limit of calls", "kind": "number", "low": 1, "high": 9}
NAME = "m-ModuleLimits-limit"
MENU = Destination("ivr-1,s,1", "Main menu", "Menus", "ModuleMenu")


class Module:
    """A module with one field; it keeps what it was asked, and may refuse."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refusal: dict[str, str] | None = None

    def __call__(self, hook: str, arguments: dict[str, Any], **_more: Any) -> list[HookAnswer]:
        self.asked.append((hook, arguments))
        value: Any = [FIELD] if hook == module_forms.ADD_FIELDS else self.refusal
        return [HookAnswer("ModuleLimits", ok=True, value=value)]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Module:
    module = Module()
    monkeypatch.setattr(module_forms, "ask_modules", module)
    return module


def test_a_module_adds_a_field_to_extensions_and_stores_it(admin: Client, limits: Module) -> None:
    assert "Limit of calls" in text(admin.get("/extensions/new/"))
    form = {**MINE, NAME: "5"}
    assert admin.post("/extensions/new/", form).status_code == 302
    hook, arguments = limits.asked[-1]
    assert hook == module_forms.SAVE_FIELDS
    assert (arguments["form"], arguments["values"]) == ("Extensions", {"limit": 5})
    assert arguments["entity"]["number"] == "201"
    assert "secret" not in arguments["entity"]


def test_a_wrong_value_of_a_module_keeps_ours_from_being_stored(
    admin: Client, limits: Module
) -> None:
    response = admin.post("/extensions/new/", {**MINE, NAME: "10"})
    assert response.status_code == 422 and "Limit of calls" in text(response)
    assert not Extension.objects.filter(kind="phone").exists()
    assert limits.asked[-1][0] == module_forms.ADD_FIELDS


def test_what_a_module_refuses_is_said_and_the_next_save_changes_the_same_record(
    admin: Client, limits: Module
) -> None:
    limits.refusal = {"limit": "Too many for the licence."}
    html = text(admin.post("/extensions/new/", {**MINE, NAME: "5"}))
    made = Extension.objects.get(number="201")
    assert "Too many for the licence." in html and "did not store" in html
    assert f'action="/extensions/{made.pk}/"' in html
    assert f'name="revision" value="{made.revision}"' in html


def test_numbers_are_offered_to_forms_of_modules(phone: Callable[..., Extension]) -> None:
    phone("201", name="Ann")
    found = {one.value: one.label for one in provided("en")}
    assert found["internal,201,1"] == "201 Ann" and "internal,hangup,1" in found


def test_a_route_goes_to_a_destination_of_a_module(
    admin: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = Offers((MENU, Destination("internal,201,1", "201", "Extensions")), (), ())
    monkeypatch.setattr(targets, "list_offers", lambda *_a, **_k: offers)
    monkeypatch.setattr(services, "implementers", lambda _name: ["ModuleMenu"])
    monkeypatch.setattr(services, "list_of_module", lambda *_a, **_k: (MENU,))
    html = text(admin.get("/incoming-routes/new/"))
    assert "Main menu" in html and '<option value="internal,201,1"' not in html
    form = {"provider": provider.pk, "number": "4930", "timeout": "30", "extension": ""}
    both = admin.post(
        "/incoming-routes/new/", {**form, "extension": "hangup", "destination": MENU.value}
    )
    assert both.status_code == 422
    sent = admin.post("/incoming-routes/new/", {**form, "destination": MENU.value})
    assert sent.status_code == 302
    made = IncomingRoute.objects.get()
    assert (made.destination, made.destination_module) == (MENU.value, "ModuleMenu")
    assert "Main menu" in text(admin.get("/incoming-routes/"))


def test_a_destination_stays_while_its_module_is_away(
    admin: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = IncomingRoute.objects.create(
        provider=provider, number="4930", destination=MENU.value, destination_module="ModuleMenu"
    )
    monkeypatch.setattr(services, "list_of_module", lambda *_a, **_k: None)
    html = text(admin.get(f"/incoming-routes/{made.pk}/"))
    assert "not available now" in html
    form = {"provider": provider.pk, "number": "4931", "timeout": "30", "destination": MENU.value}
    response = admin.post(
        f"/incoming-routes/{made.pk}/", {**form, "revision": made.revision, "extension": ""}
    )
    assert response.status_code == 302, text(response)
    made.refresh_from_db()
    assert (made.number, made.destination_module) == ("4931", "ModuleMenu")


def test_routes_whose_module_is_not_in_use_are_marked_and_counted(
    admin: Client, provider: Provider
) -> None:
    away = {"destination": MENU.value, "destination_module": "ModuleMenu"}
    IncomingRoute.objects.create(provider=provider, number="4930", **away)
    default = IncomingRoute.objects.create(is_default=True, action="extension", **away)
    menu = answering("ModuleMenu")
    went_on, congested = "calls go on to the next route", "hear that the line is congested"
    listed = text(admin.get("/incoming-routes/"))
    assert went_on not in listed and congested not in listed
    assert "not in use" not in text(admin.get("/"))
    menu.wanted = Wanted.OFF
    menu.save()
    listed = text(admin.get("/incoming-routes/"))
    assert listed.count(went_on) == listed.count(congested) == 1
    assert "2 incoming routes lead to modules that are not in use." in text(admin.get("/"))
    menu.delete()
    default.action = "busy"
    default.save()
    assert "1 incoming route leads to a module that is not in use." in text(admin.get("/"))
    assert congested not in text(admin.get("/incoming-routes/"))


def test_in_safe_mode_no_route_reaches_a_module(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"destination": MENU.value, "destination_module": "ModuleMenu"}
    made = IncomingRoute.objects.create(provider=provider, number="4930", **away)
    answering("ModuleMenu")
    assert lost_routes() == frozenset()
    monkeypatch.setattr(destinations, "safe_mode", lambda: True)
    assert lost_routes() == {made.pk}
