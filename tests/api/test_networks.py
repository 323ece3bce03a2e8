"""Networks over REST: the same rules as on the page, nobody shuts themselves out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from modules_app.models import AuditEvent, FirewallRule, NetworkFilter, PbxSetting
from modules_app.permissions import Actor, Right
from modules_app.services import firewall
from telephony_app.services.extensions import create_extension
from tests.api.conftest import MakeProgram
from tests.pages import age_proof, person

OFFICE = {"title": "Office", "permit": ["192.0.2.0/24", "10.0.0.5/8"], "never_block": True}
SIP = {"module": "", "category": "SIP", "action": "block"}


def rules_of(record: dict[str, Any], category: str) -> set[str]:
    return {one["action"] for one in record["rules"] if one["category"] == category}


def test_a_network_is_made_shown_listed_changed_and_deleted(program: MakeProgram) -> None:
    ask = program("view", "install")
    answer = ask("POST", "networks", OFFICE)
    assert answer.status_code == 201, answer.content
    made, address = answer.json(), answer.headers["Location"]
    assert made["permit"] == ["192.0.2.0/24", "10.0.0.0/8"] and made["priority"] == 100
    assert ask("GET", address).json() == made
    assert ask("GET", "networks").json() == {"networks": [made]}
    changed = ask("PATCH", address, {"deny": ["192.0.2.99"], "is_local": True}).json()
    assert changed == {**made, "deny": ["192.0.2.99/32"], "is_local": True}
    assert ask("DELETE", address).status_code == 204
    assert ask("GET", address).status_code == 404
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    told = [one for one in actions if one.startswith("firewall-network")]
    assert [one.rpartition("-")[2] for one in told] == ["add", "change", "delete"]


def test_rules_are_decided_one_by_one(program: MakeProgram) -> None:
    ask = program("view", "install")
    made = ask("POST", "networks", OFFICE).json()
    names = [one["name"] for one in made["rules"] if one["category"] == "SIP"]
    sent = {"rules": [{**SIP, "name": name} for name in names]}
    changed = ask("PATCH", f"networks/{made['id']}", sent).json()
    assert rules_of(changed, "SIP") == {"block"}
    assert rules_of(changed, "WEB") == rules_of(made, "WEB")
    unknown = ask("PATCH", f"networks/{made['id']}", {"rules": [{**SIP, "name": "nothing"}]})
    assert (unknown.status_code, unknown.json()["error"]["slug"]) == (422, "firewall-rule-unknown")
    assert FirewallRule.objects.filter(category="SIP", action="block").count() == len(names)


def test_who_would_be_shut_out_is_refused(program: MakeProgram) -> None:
    PbxSetting.objects.create(key=firewall.SWITCH, value="1")
    ask = program("view", "install")  # from 192.0.2.7
    made = ask("POST", "networks", OFFICE).json()
    address = f"networks/{made['id']}"
    answer = ask("PATCH", address, {"permit": ["198.51.100.0/24"]})
    assert (answer.status_code, answer.json()["error"]["slug"]) == (422, firewall.SHUTS_OUT)
    assert NetworkFilter.objects.get().permit == made["permit"]


def test_a_network_that_telephones_use_stays(program: MakeProgram) -> None:
    ask = program("view", "install")
    made = ask("POST", "networks", OFFICE).json()
    network = NetworkFilter.objects.get()
    create_extension(actor=Actor.system(), values={"number": "201", "network_filter": network})
    answer = ask("DELETE", f"networks/{made['id']}")
    assert (answer.status_code, answer.json()["error"]["slug"]) == (422, "record-in-use")


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "x"},
        {**OFFICE, "permit": []},
        {**OFFICE, "title": ""},
        {**OFFICE, "permit": ["nowhere"]},
        {**OFFICE, "colour": "red"},
        {**OFFICE, "rules": [{**SIP, "name": "SIP", "action": "maybe"}]},
        [],
    ],
)
def test_other_shapes_are_refused(program: MakeProgram, sent: Any) -> None:
    assert program("view", "install")("POST", "networks", sent).status_code == 422
    assert not NetworkFilter.objects.exists()


def test_looking_needs_one_right_and_changing_another(program: MakeProgram) -> None:
    network = program("install")("POST", "networks", OFFICE).json()["id"]
    looks = program("view", name="looks")
    assert looks("GET", "networks").status_code == 200
    assert program("settings", name="else")("GET", "networks").status_code == 403
    for method, path, sent in (
        ("POST", "networks", OFFICE),
        ("PATCH", f"networks/{network}", {"title": "x"}),
        ("DELETE", f"networks/{network}", None),
    ):
        assert looks(method, path, sent).status_code == 403


def test_a_session_needs_a_fresh_password_to_change_one() -> None:
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(person(Right.VIEW, Right.INSTALL), backend=backend)
    age_proof(client)
    answer = client.post("/api/v1/networks", OFFICE, content_type="application/json")
    assert answer.json()["error"]["slug"] == "password-needed"
