"""Routes, providers, codecs and accounts of programs: what belongs together, stays together."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.destinations import Destination
from modules_app.exceptions import Refused
from modules_app.permissions import Actor
from telephony_app.domain.faults import ValuesInvalid
from telephony_app.models import Codec, IncomingRoute, OutgoingRoute, Provider
from telephony_app.selectors.references import references_to
from telephony_app.services import codecs, destinations, extensions, interfaces, providers, routes

pytestmark = pytest.mark.django_db
ROOT = Actor.system()


def trunk(**values: Any) -> Provider:
    usual = {"uniqid": "OUT", "description": "Out", "host": "sip.example.org", "username": "u"}
    return providers.create_provider(actor=ROOT, values={**usual, **values})


def phone(number: str = "201") -> Any:
    return extensions.create_extension(actor=ROOT, values={"number": number})


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module offers one destination, another gives no answer."""
    known = {"ivr": (Destination("ivr-1,s,1", "Menu", "Menus", "ivr"),), "silent": None}
    monkeypatch.setattr(destinations, "implementers", lambda _hook: known)
    monkeypatch.setattr(
        destinations, "list_of_module", lambda module_id, *, language: known.get(module_id, ())
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"host": ""}, "host"),
        ({"username": ""}, "username"),
        ({"registration": "inbound"}, "secret"),
        ({"registration": "inbound", "secret": "x", "username": "a@b"}, "username"),
        ({"registration": "inbound", "secret": "x", "username": "201"}, "username"),
        ({"registration": "inbound", "secret": "x", "username": "global"}, "username"),
        ({"registration": "none", "host": ""}, "host"),
        ({"uniqid": "endpoint-base"}, "uniqid"),
        ({"codecs": ["none"]}, "codecs"),
    ],
)
def test_a_provider_lacks_nothing_and_takes_no_other_name(
    values: dict[str, Any], field: str
) -> None:
    phone("201")
    with pytest.raises(ValuesInvalid) as caught:
        trunk(**values)
    assert set(caught.value.faults) == {field}


def test_a_name_that_registers_here_is_no_number_of_a_phone() -> None:
    trunk(registration="inbound", secret="long-enough", username="300")
    with pytest.raises(ValuesInvalid) as caught:
        phone("300")
    assert set(caught.value.faults) == {"number"}
    with pytest.raises(ValuesInvalid):
        trunk(uniqid="OTHER", registration="inbound", secret="x", username="300")


def test_a_provider_in_use_stays() -> None:
    provider = trunk()
    incoming = routes.create_incoming_route(
        actor=ROOT, values={"provider": "OUT", "extension": phone()}
    )
    outgoing = routes.create_outgoing_route(actor=ROOT, values={"name": "All", "provider": "OUT"})
    assert {one.record_id for one in references_to(provider)} == {incoming.pk, outgoing.pk}
    with pytest.raises(Refused):
        providers.delete_provider(actor=ROOT, record_id=provider.pk)
    routes.delete_incoming_route(actor=ROOT, record_id=incoming.pk)
    routes.delete_outgoing_route(actor=ROOT, record_id=outgoing.pk)
    providers.delete_provider(actor=ROOT, record_id=provider.pk)
    assert not Provider.objects.exists()


def test_a_call_goes_to_one_place() -> None:
    phone()
    for values in ({}, {"extension": "999"}, {"action": "busy"}):
        with pytest.raises(ValuesInvalid):
            routes.create_incoming_route(actor=ROOT, values=values)
    with pytest.raises(ValuesInvalid):
        routes.create_outgoing_route(actor=ROOT, values={"name": "All"})


def test_a_destination_is_one_that_a_module_offers(offers: None) -> None:
    made = routes.create_incoming_route(actor=ROOT, values={"destination": "ivr-1,s,1"})
    assert (made.destination, made.destination_module) == ("ivr-1,s,1", "ivr")
    believed = routes.create_incoming_route(
        actor=ROOT, values={"destination": "x,s,1", "destination_module": "silent"}
    )
    assert believed.destination_module == "silent"
    for values in (
        {"destination": "x,s,1"},
        {"destination": "x,s,1", "destination_module": "ivr"},
        {"destination": "ivr-1,s,1", "extension": phone()},
    ):
        with pytest.raises(ValuesInvalid):
            routes.create_incoming_route(actor=ROOT, values=values)
    cleared = routes.change_incoming_route(
        actor=ROOT, record_id=made.pk, values={"destination": "", "extension": "201"}
    )
    assert (cleared.destination, cleared.destination_module) == ("", "")


def test_there_is_one_default_route_and_it_stays() -> None:
    first = routes.set_default_route(actor=ROOT, values={"action": "busy"})
    second = routes.set_default_route(
        actor=ROOT, values={"action": "extension", "extension": phone()}, revision=first.revision
    )
    assert first.pk == second.pk and IncomingRoute.objects.count() == 1
    with pytest.raises(Refused):
        routes.set_default_route(actor=ROOT, values={"action": "busy"}, revision=first.revision)
    with pytest.raises(Refused):
        routes.delete_incoming_route(actor=ROOT, record_id=first.pk)
    with pytest.raises(ValuesInvalid):
        routes.set_default_route(actor=ROOT, values={"number": "7"})


def test_routes_are_put_in_an_order_and_new_ones_come_last() -> None:
    trunk()
    made = [
        routes.create_outgoing_route(actor=ROOT, values={"name": name, "provider": "OUT"})
        for name in "abcd"
    ]
    routes.order_outgoing_routes(actor=ROOT, record_ids=[made[2].pk, made[0].pk, 999])
    assert "".join(OutgoingRoute.objects.values_list("name", flat=True)) == "cabd"
    target = phone()
    incoming = [
        routes.create_incoming_route(actor=ROOT, values={"extension": target, "note": note})
        for note in "ab"
    ]
    routes.order_incoming_routes(actor=ROOT, record_ids=[incoming[1].pk])
    assert "".join(IncomingRoute.objects.values_list("note", flat=True)) == "ba"


def test_codecs_are_switched_and_ordered_but_one_for_voice_stays() -> None:
    codecs.set_codecs(actor=ROOT, enabled=["gsm", "ulaw", "vp8"], order=["gsm", "ulaw"])
    used = Codec.objects.filter(disabled=False)
    assert list(used.values_list("name", flat=True)) == ["gsm", "ulaw", "vp8"]
    for enabled in (["vp8"], [], ["nothing"]):
        with pytest.raises(ValuesInvalid):
            codecs.set_codecs(actor=ROOT, enabled=enabled)
    assert used.count() == 3


def test_programs_get_passwords_and_names_of_their_own() -> None:
    made = interfaces.create_manager_user(actor=ROOT, values={"username": "crm"})
    assert len(made.secret) == 24 and set(made.rights.values()) == {""}
    robot = interfaces.create_ari_user(actor=ROOT, values={"username": "crm"})
    assert len(robot.password) == 24
    for create in (interfaces.create_manager_user, interfaces.create_ari_user):
        for name in ("crm", "general", "pbxadmin", "", "a b"):
            with pytest.raises(ValuesInvalid):
                create(actor=ROOT, values={"username": name})
    changed = interfaces.change_manager_user(
        actor=ROOT, record_id=made.pk, values={"secret": "", "rights": {"call": "readwrite"}}
    )
    assert changed.secret == made.secret and changed.rights["call"] == "readwrite"
