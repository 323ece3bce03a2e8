"""REST of a module through a real web and a real host: keys, people, strangers (design 3, M11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.module import ID, ROOT, package
from tests.e2e.site import Site
from tests.server.running import Answer, Browser

pytestmark = pytest.mark.server

GRANT = f"""
from django.utils import timezone
from modules_app.models import ModuleGrant
values = {{"granted_by": "tests", "granted_at": timezone.now()}}
ModuleGrant.objects.get_or_create(module_id={ID!r}, right="public-routes", defaults=values)
"""


@pytest.fixture(scope="module")
def book(site: Site) -> Iterator[Site]:
    """The site with the phone book, loaded."""
    site.install(package(), enable=True)
    site.wait_for(lambda: site.client.get(f"{ROOT}entries").status == 200)
    site.wait_for(lambda: ID in site.client.get("/api/v1/openapi.json").text)
    yield site
    site.act(ID, "disable", force="1")
    site.act(ID, "remove", data="delete", typed=ID)


def make_key(site: Site, name: str, *scopes: str) -> str:
    options = [word for scope in scopes for word in ("--scope", scope)]
    return str(site.manage("module", "token", "new", name, *options).stdout).strip()


def ask(
    site: Site, method: str, path: str, key: str = "", sent: Any = None, **headers: str
) -> Answer:
    """Send a request as a program does: no cookies, no token."""
    given = {"Content-Type": "application/json", **headers}
    if key:
        given["Authorization"] = f"Bearer {key}"
    body = json.dumps(sent).encode() if sent is not None else None
    stranger = Browser(site.port)
    return stranger.request(method, path, body=body, headers=given)


def test_a_program_uses_a_module_with_its_key(book: Site) -> None:
    key = make_key(book, "till", f"modules:{ID}")
    made = ask(book, "POST", f"{ROOT}entries", key, {"number": "555", "name": "Ann"})
    assert made.status == 201, made.text
    number = made.json()["data"]["id"]
    assert ask(book, "PATCH", f"{ROOT}entries/{number}", key, {"name": "Anna"}).status == 200
    found = ask(book, "GET", f"{ROOT}lookup/555", key)
    assert found.json()["data"] == {"name": "Anna", "who": "key:till"}
    assert "Set-Cookie" not in found.headers
    assert ask(book, "POST", f"{ROOT}entries/{number}:block", key, {}).json()["data"]["blocked"]
    assert ask(book, "DELETE", f"{ROOT}entries/{number}", key).status == 200


def test_the_seeds_address_leads_to_callback_and_routes(book: Site) -> None:
    key = make_key(book, "old-till", f"modules:{ID}")
    seeds = f"/pbxcore/api/modules/{ID}"
    assert ask(book, "GET", f"{seeds}/CHECK", key).json()["result"] is True
    echo = ask(book, "POST", f"{seeds}/echo?a=1", key, {"b": 2}).json()
    assert (echo["data"], echo["function"]) == ({"a": "1", "b": 2}, "echo")
    assert ask(book, "GET", f"{seeds}/lookup/1", key).json()["processor"] == "Lookup"
    assert ask(book, "GET", f"{seeds}/CHECK").status == 401


def test_w04_a_key_without_the_scope_of_the_module_is_refused(book: Site) -> None:
    key = make_key(book, "other", "view", "operate", "install", "modules:ModuleOther")
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = ask(book, method, f"{ROOT}entries", key, {})
        assert (answer.status, answer.json()["error"]["slug"]) == (403, "scope-missing")


def test_w01_a_person_needs_the_token_there(book: Site) -> None:
    entry = json.dumps({"number": "777"}).encode()
    options: dict[str, Any] = {"body": entry}
    kind = {"Content-Type": "application/json", "Origin": book.base_url}
    send = book.client.request
    token = {"X-CSRFToken": book.client.cookies["csrftoken"]}
    assert (
        send("POST", f"{ROOT}entries", headers={**kind, "X-CSRFToken": ""}, **options).status == 403
    )
    foreign = {**kind, **token, "Origin": "https://elsewhere.example"}
    assert send("POST", f"{ROOT}entries", headers=foreign, **options).status == 403
    made = send("POST", f"{ROOT}entries", headers={**kind, **token}, **options)
    assert made.status == 201, made.text
    looked = book.client.get(f"{ROOT}entries?search=777").json()
    assert [one["number"] for one in looked["data"]] == ["777"]


def test_public_routes_open_only_once_an_administrator_granted_it(book: Site) -> None:
    assert ask(book, "GET", f"{ROOT}status").status == 401
    assert book.client.get(f"{ROOT}status").json()["data"]["who"] == "admin"
    book.manage("shell", "-c", GRANT)
    assert ask(book, "GET", f"{ROOT}status").json()["data"] == {"status": "well", "who": ""}
    foreign = {"Origin": "https://elsewhere.example"}
    pong = ask(book, "POST", f"{ROOT}entries:ping", "", {"say": "hi"}, **foreign)
    assert pong.json()["data"] == {"pong": "hi", "who": ""}
    assert not [name for name in pong.headers if name.lower().startswith("access-control")]
    for path in ("entries", "lookup/1", "callback/CHECK", "nothing"):
        assert ask(book, "GET", ROOT + path).status == 401, path
    assert book.client.get(f"{ROOT}status").json()["data"]["who"] == "", "nobody is known there"
    assert ask(book, "POST", f"{ROOT}entries:ping", "", {"say": "x" * 20_000}).status == 413


def test_the_document_and_the_reference_know_the_module(book: Site) -> None:
    document = book.client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    made = document["paths"][f"{ROOT}entries"]["post"]
    shape = made["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][shape.rpartition("/")[2]]
    assert schema["required"] == ["number"] and schema["properties"]["number"]["maxLength"] == 20
    assert f"{ROOT}lookup/{{number}}" in document["paths"]
    assert f"{ROOT}entries:count" in book.client.get("/api/").text


def test_hostile_addresses_and_bodies_end_at_web_or_in_the_envelope(book: Site) -> None:
    key = make_key(book, "hostile", f"modules:{ID}")
    for path in ("../../x", "%2e%2e/x", "..%5cx", "entries/1%00", "entries//1", "entries/1:"):
        assert ask(book, "GET", ROOT + path, key).status in (400, 404), path
    deep = b"[" * 100_000 + b"]" * 100_000
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = Browser(book.port).request("POST", f"{ROOT}entries", body=deep, headers=head)
    assert answer.status == 400 and answer.json()["result"] is False
    assert book.client.get("/healthz").status == 200
