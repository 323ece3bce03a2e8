"""Telephone records over REST: the same services, errors in one shape, rights and revisions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules_app.models import AuditEvent
from modules_app.permissions import Actor, Right
from telephony_app.models import Codec, Extension, SipAccount
from telephony_app.services.extension_import import import_extensions
from telephony_app.services.kinds import KINDS
from tests.api.conftest import MakeProgram
from tests.pages import age_proof, person

SAMPLES: dict[str, dict[str, Any]] = {
    "extensions": {"number": "201", "name": "Ann", "codecs": ["alaw"]},
    "providers": {
        "uniqid": "TRUNK",
        "description": "Outside",
        "host": "sip.example.org",
        "username": "u",
        "additional_hosts": ["192.0.2.0/24"],
    },
    "incoming-routes": {"extension": "201", "provider": "TRUNK", "number": "74951234567"},
    "outgoing-routes": {"name": "All", "provider": "TRUNK", "number_begins_with": "(7|8)"},
    "ami-users": {"username": "crm", "rights": {"call": "read"}},
    "ari-users": {"username": "robot", "applications": ["ivr"]},
    "dialplan-applications": {"number": "*77", "name": "Door", "logic": "Answer()"},
}
CHANGES = {
    "extensions": {"name": "Anna"},
    "providers": {"port": 5080},
    "incoming-routes": {"timeout": 45},
    "outgoing-routes": {"prepend": "810"},
    "ami-users": {"description": "x"},
    "ari-users": {"applications": []},
    "dialplan-applications": {"logic": "Busy()"},
}


def fill(ask: Any) -> dict[str, str]:
    """Make one record of each kind; return their addresses."""
    found = {}
    for plural, sent in SAMPLES.items():
        answer = ask("POST", plural, sent)
        assert answer.status_code == 201, answer.content
        found[plural] = answer.headers["Location"]
        assert answer.json().items() >= {k: v for k, v in sent.items() if k != "rights"}.items()
    return found


def test_every_kind_is_made_shown_listed_changed_and_deleted(program: MakeProgram) -> None:
    ask = program("view_telephony", "change_telephony")
    addresses = fill(ask)
    for plural, address in addresses.items():
        record = ask("GET", address).json()
        listed = ask("GET", plural).json()
        assert record in listed[plural.replace("-", "_")], plural
        changed = ask("PATCH", address, {**CHANGES[plural], "revision": record["revision"]})
        assert changed.status_code == 200, changed.content
        assert changed.json().items() >= CHANGES[plural].items()
        late = ask("PATCH", address, {**CHANGES[plural], "revision": record["revision"]})
        assert (late.status_code, late.json()["error"]["slug"]) == (409, "record-changed")
    for plural in reversed(SAMPLES):
        assert ask("DELETE", addresses[plural]).status_code == 204, plural
        assert ask("GET", addresses[plural]).status_code == 404
        assert ask("DELETE", addresses[plural]).status_code == 404


def test_what_is_referred_to_is_not_deleted(program: MakeProgram) -> None:
    ask = program("change_telephony")
    addresses = fill(ask)
    for plural in ("extensions", "providers"):
        answer = ask("DELETE", addresses[plural])
        assert (answer.status_code, answer.json()["error"]["slug"]) == (422, "record-in-use")


def test_passwords_are_shown_only_where_they_are_asked_for_and_that_is_told(
    program: MakeProgram,
) -> None:
    ask = program("view_telephony", "change_telephony")
    fill(ask)
    secret = SipAccount.objects.get().secret
    for plural in SAMPLES:
        assert secret not in json.dumps(ask("GET", plural).json())
    answer = ask("GET", "extensions/201/secret")
    assert answer.json() == {"secret": secret}
    assert AuditEvent.objects.filter(action="extension-secret", target="201").count() == 1
    assert (
        program("view_telephony", name="looks")("GET", "extensions/201/secret").status_code == 403
    )


def test_a_session_needs_a_fresh_password_to_see_one() -> None:
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(person(Right.VIEW_TELEPHONY, Right.CHANGE_TELEPHONY), backend=backend)
    age_proof(client)
    answer = client.get("/api/v1/extensions/300/secret")
    assert answer.json()["error"]["slug"] == "password-needed"


@pytest.mark.parametrize("scope", ["view", "install", "operate", "settings", "view_telephony"])
def test_another_scope_changes_nothing(program: MakeProgram, scope: str) -> None:
    ask = program(scope)
    for plural, sent in SAMPLES.items():
        assert ask("POST", plural, sent).status_code == 403
        expected = 200 if scope == "view_telephony" else 403
        assert ask("GET", plural).status_code == expected
    assert ask("PATCH", "codecs/alaw", {"disabled": True}).status_code == 403


def test_a_fault_is_named_with_its_field(program: MakeProgram) -> None:
    ask = program("change_telephony")
    answer = ask("POST", "extensions", {"number": "2x", "name": "a\nb"})
    error = answer.json()["error"]
    assert (answer.status_code, error["slug"]) == (422, "values-invalid")
    assert error["context"]["field"] == "number"
    assert [one["field"] for one in error["context"]["faults"]] == ["number", "name"]


@pytest.mark.parametrize(
    "sent",
    [
        {"number": 201},
        {"number": "201", "colour": "red"},
        {"number": "201", "codecs": "alaw"},
        {"number": "201", "webrtc": "yes"},
        {"number": "201", "name": None},
        {"number": "201", "network_filter": 10**30},
        [],
        "201",
    ],
)
def test_other_shapes_are_refused(program: MakeProgram, sent: Any) -> None:
    answer = program("change_telephony")("POST", "extensions", sent)
    assert answer.status_code == 422 and not Extension.objects.filter(kind="phone").exists()


def test_a_reference_is_taken_away_with_null_or_nothing(program: MakeProgram) -> None:
    ask = program("change_telephony")
    address = fill(ask)["incoming-routes"]
    assert ask("PATCH", address, {"provider": None}).json()["provider"] == ""
    assert ask("PATCH", address, {"provider": "TRUNK"}).json()["provider"] == "TRUNK"
    assert ask("PATCH", address, {"provider": ""}).json()["provider"] == ""


def test_codecs_are_switched_but_neither_made_nor_deleted(program: MakeProgram) -> None:
    ask = program("view_telephony", "change_telephony")
    assert ask("PATCH", "codecs/g722", {"disabled": True}).json()["disabled"] is True
    assert Codec.objects.get(name="g722").disabled
    assert ask("POST", "codecs", {"name": "x"}).status_code == 405
    assert ask("DELETE", "codecs/g722").status_code == 405
    for name in ("ulaw", "opus"):
        ask("PATCH", f"codecs/{name}", {"disabled": True})
    assert ask("PATCH", "codecs/alaw", {"disabled": True}).status_code == 422
    assert not Codec.objects.get(name="alaw").disabled


def test_a_list_is_searched_and_cut(program: MakeProgram) -> None:
    rows = "".join(f"{number},Name {number}\n" for number in range(1000, 1250))
    import_extensions(actor=Actor.system(), data=f"number,name\n{rows}")
    ask = program("view_telephony")
    found = ask("GET", "extensions").json()
    assert (len(found["extensions"]), found["count"]) == (100, 250)
    found = ask("GET", "extensions?search=name 120&limit=5&offset=5").json()
    assert [one["number"] for one in found["extensions"]] == [
        "1205", "1206", "1207", "1208", "1209",
    ]  # fmt: skip
    for wrong in ("limit=0", "limit=1001", "offset=-1", "limit=x", f"search={'x' * 200}"):
        assert ask("GET", f"extensions?{wrong}").status_code == 422


@pytest.mark.parametrize("plural", [kind.plural for kind in KINDS.values()])
def test_a_list_takes_the_same_queries_whatever_its_length(
    program: MakeProgram, plural: str
) -> None:
    ask = program("view_telephony", "change_telephony")
    fill(ask)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask("GET", plural).status_code == 200
        return len(found)

    count()
    few = count()
    for number in range(10):
        more = {"number": f"9{number}", "username": f"u{number}", "uniqid": f"T{number}"}
        key = KINDS[next(k for k, one in KINDS.items() if one.plural == plural)].key
        if plural != "codecs":
            changed = {key: more[key]} if key in more else {}
            sent = {**SAMPLES[plural], **changed}
            assert ask("POST", plural, sent).status_code == 201
    assert count() == few
