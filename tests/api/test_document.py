"""The OpenAPI document is well formed, and whatever it allows is answered and never fails."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from modules_app.api.openapi import whole_document
from modules_app.domain.rest import read_description
from modules_app.models import HookResult, ModuleGrant, Operation
from modules_app.permissions import Right
from modules_app.services.hook_results import record_answers
from tests.api.conftest import MakeProgram, Program
from tests.lifecycle import Life
from tests.pages import module, operation

GENERATION = "1-" + "a" * 8
HOOK = "get_pbxcore_rest_additional_routes"
REFERENCE = re.compile(r'"\$ref": "#/components/schemas/([^"]+)"')
RESOURCE = {
    "path": "entries",
    "name": "Entries",
    "docs": "Numbers.",
    "id_type": "integer",
    "methods": ["list", "create", "get"],
    "public": ["list"],
    "required": ["number", "nothing"],
    "fields": {"number": {"type": "string", "maxLength": 20, "x": "<script>"}},
    "custom": [{"name": "block", "method": "POST", "collection": False, "docs": "Block it."}],
}
ROUTE = {"method": "get", "path": "lookup/{number}", "public": True, "action": "Lookup.by"}


def answer_of(module_id: str, value: Any) -> None:
    """Store what a module in use said of its routes."""
    record_answers(
        module_id=module_id, generation=GENERATION, answers={HOOK: {"ok": True, "value": value}}
    )


@pytest.fixture
def described(life: Life) -> None:
    module("ModuleX", wanted="on", generation=GENERATION)
    answer_of("ModuleX", {"routes": [ROUTE], "resources": [RESOURCE]})


@pytest.fixture
def document(described: None, program: MakeProgram) -> dict[str, Any]:
    found: dict[str, Any] = program("view")("GET", "openapi.json").json()
    return found


def test_the_document_names_every_operation_once_and_every_shape(document: dict[str, Any]) -> None:
    operations = [one for known in document["paths"].values() for one in known.values()]
    ids = [one["operationId"] for one in operations]
    assert len(ids) == len(set(ids)) > 25
    used = set(REFERENCE.findall(json.dumps(document)))
    assert used <= set(document["components"]["schemas"])
    assert all(one["responses"] and one["tags"] for one in operations)
    for path, known in document["paths"].items():
        for one in known.values():
            named = {p["name"] for p in one.get("parameters", ()) if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path)), path


def test_the_modules_part_is_made_of_rows(document: dict[str, Any]) -> None:
    root = "/api/m/ModuleX/"
    paths = {path for path in document["paths"] if path.startswith(root)}
    assert paths == {
        f"{root}entries", f"{root}entries/{{id}}", f"{root}entries/{{id}}:block",
        f"{root}lookup/{{number}}",
    }  # fmt: skip
    shape = document["components"]["schemas"]["ModuleX_entries"]
    assert shape["properties"] == {"number": {"type": "string", "maxLength": 20}}
    assert shape["required"] == ["number"]
    assert "security" not in document["paths"][f"{root}entries"]["get"], "nobody granted it"


def test_only_what_is_granted_and_asked_for_is_public(described: None) -> None:
    granted = {"granted_by": "root", "granted_at": "2026-01-01T00:00:00Z"}
    row = ModuleGrant.objects.create(module_id="ModuleX", right="public-routes", **granted)
    path = "/api/m/ModuleX/entries"
    assert "security" not in whole_document({})["paths"][path]["get"]
    assert Client().get(path).status_code == 401
    row.module.facts = {"manifest": {"facts": {"grants": ["public-routes"]}}}
    row.module.save()
    found = whole_document({})["paths"][path]
    assert found["get"]["security"] == [] and "security" not in found["post"]


def test_a_module_that_is_off_answers_nothing(described: None, program: MakeProgram) -> None:
    HookResult.objects.update(answered_generation="g0")
    assert "ModuleX" not in json.dumps(program("view")("GET", "openapi.json").json()["paths"])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from([*RESOURCE, *ROUTE, "routes", "resources"])
nonsense = st.dictionaries(keys, values, max_size=6)


@given(
    value=values
    | nonsense
    | st.fixed_dictionaries(
        {"routes": st.lists(nonsense | values), "resources": st.lists(nonsense | values)}
    )
)
@settings(deadline=None, max_examples=150)  # fmt: skip
def test_whatever_a_module_says_of_itself_can_be_read(value: Any) -> None:
    found = read_description(value)
    for route in found.in_order:
        assert route.match("a/b") is None or isinstance(route.match("a/b"), dict)
    assert found.find("GET", "x") is None or found.find("GET", "x").method == "GET"


plain = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=12)
parts = {
    "module_id": st.sampled_from(["ModuleX", "modulex", "ModuleNo"]) | plain,
    "batch_id": st.integers(min_value=0, max_value=10**20).map(str) | plain,
    "operation_id": st.integers(min_value=0, max_value=10**20).map(str) | plain,
    "package_id": st.uuids().map(str) | plain,
    "key": st.sampled_from(["201", "1", "alaw"]) | plain,
    "network_id": st.integers(min_value=0, max_value=10**20).map(str) | plain,
    "path": st.sampled_from(["asterisk/extensions.conf", "../etc"]) | plain,
}
ALLOWED = {200, 201, 202, 204, 400, 404, 405, 409, 413, 415, 422}


@given(data=st.data())
@settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_walk_through_the_document_meets_no_fault_of_ours(
    data: st.DataObject, everything: Program, document: dict[str, Any]
) -> None:
    """Any method, any values: an answer that is meant, JSON throughout, the one shape of errors."""
    own = sorted(path for path in document["paths"] if path.startswith("/api/v1/"))
    path = data.draw(st.sampled_from(own))
    known = document["paths"][path]
    method = data.draw(st.sampled_from([*(one.upper() for one in known), "PUT", "PATCH"]))
    filled = re.sub(r"\{(\w+)\}", lambda one: quote(data.draw(parts[one[1]]), safe=""), path)
    query = data.draw(
        st.dictionaries(
            st.sampled_from(["state", "search", "limit", "module", "data", "force", "x"]),
            st.text(max_size=8), max_size=3,
        )
    )  # fmt: skip
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    body = data.draw(st.none() | st.just({}) | values | st.binary(max_size=40))
    answer = everything(method, f"{filled}?{asked}", body)
    assert answer.status_code in ALLOWED, (method, filled, asked, body, answer.content)
    if answer.status_code != 204:
        found = answer.json()
        if answer.status_code >= 400:
            assert set(found["error"]) == {"slug", "message", "hint", "context"}
            assert found["error"]["slug"] and found["error"]["message"]


@pytest.fixture
def everything(life: Life, program: MakeProgram, settings: Settings) -> Program:
    settings.PBX_API_PER_MINUTE = {"key": 10**6, "public": 1}
    operation("ModuleX")
    assert Operation.objects.count() == 1
    return program(*(str(right) for right in Right), "settings", name="everything")
