"""API keys: what is stored, when they count, and who may make them (reference R6, W17, W22)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.domain.api_keys import digest, holds_key, is_inside, new_key, public_part
from modules_app.exceptions import NotAllowed, Refused
from modules_app.models import ApiToken, AuditEvent
from modules_app.permissions import Actor, Right
from modules_app.services.api_keys import create_key, revoke_key
from tests.api.conftest import SYSTEM, MakeProgram, Program
from tests.pages import Browser, administrator, age_proof, person
from tests.web.crawl import BACKEND


def test_a_key_is_kept_as_a_digest_and_nowhere_else(program: MakeProgram) -> None:
    key = program("view").key
    token = ApiToken.objects.get()
    assert token.digest == digest(key)
    assert public_part(key) == token.public
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert key not in repr(cursor.fetchall()), table


def test_keys_are_never_the_same_and_are_recognised_in_texts() -> None:
    keys = {new_key()[0] for _number in range(50)}
    assert len(keys) == 50
    assert all(len(key) >= 55 and holds_key(f"GET /?x={key}") for key in keys)
    assert not holds_key("pbx_module_version=1")


def test_a_right_key_is_let_in_and_its_use_noted_once_a_minute(program: MakeProgram) -> None:
    ask = program("view")
    assert ask("GET", "me").json() == {"name": "key:till", "key": "till", "scopes": ["view"]}
    first = ApiToken.objects.get().last_used_at
    assert first is not None and ApiToken.objects.get().last_used_from == "192.0.2.7"
    assert ask("GET", "me").status_code == 200
    assert ApiToken.objects.get().last_used_at == first


def wrong(ask: Program, change: str) -> Program:
    """Spoil a key, or the time at which it is used."""
    token = ApiToken.objects.filter(public=public_part(ask.key))
    now = timezone.now()
    if change == "expired":
        token.update(expires_at=now - timedelta(seconds=1))
    elif change == "revoked":
        revoke_key(actor=SYSTEM, name="till")
    elif change == "other-network":
        token.update(networks=["10.0.0.0/8", "2001:db8::/32"])
    elif change == "owner-inactive":
        person(Right.VIEW, name="gone")
        from django.contrib.auth import get_user_model

        user = get_user_model().objects.get(username="gone")
        user.is_active = False
        user.save()
        token.update(owner=user)
    else:
        spoilt = {
            "last-letter": ask.key[:-1] + ("A" if ask.key[-1] != "A" else "B"),
            "shorter": ask.key[:-1],
            "longer": ask.key + "A",
            "other-beginning": "pbx_00000000" + ask.key[12:],
            "digest": digest(ask.key),
            "empty": "",
            "strange": "\u00fc" * 50,
        }
        return Program(spoilt[change].encode().decode("latin-1"))
    return ask


@pytest.mark.parametrize(
    "change",
    ["expired", "revoked", "other-network", "owner-inactive", "last-letter", "shorter", "longer",
     "other-beginning", "digest", "empty", "strange"],
)  # fmt: skip
def test_w22_a_key_that_does_not_count_looks_like_any_wrong_one(
    program: MakeProgram, change: str
) -> None:
    answer = wrong(program("view"), change)("GET", "me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["slug"] == "not-signed-in"


def test_w22_five_wrong_keys_lock_that_beginning_from_that_address(program: MakeProgram) -> None:
    ask = program("view")
    guess = Program(ask.key[:-2] + "AA")
    assert [guess("GET", "me").status_code for _attempt in range(6)] == [401] * 5 + [429]
    assert int(guess("GET", "me").headers["Retry-After"]) > 60
    assert ask("GET", "me").status_code == 429
    assert Program(ask.key, "198.51.100.1")("GET", "me").status_code == 200
    failures = AuditEvent.objects.filter(action="api-key", outcome="failed")
    assert {event.reason for event in failures} == {"wrong-key"}
    assert ask.key not in repr(list(failures.values()))


def test_too_many_requests_of_one_key_have_to_wait(
    program: MakeProgram, settings: Settings
) -> None:
    settings.PBX_API_PER_MINUTE = {"key": 3, "public": 1}
    ask, other = program("view"), program("view", name="other")
    statuses = [ask("GET", "me").status_code for _request in range(8)]
    assert 429 in statuses and statuses[0] == 200
    assert other("GET", "me").status_code == 200


@pytest.mark.parametrize("where", ["token", "access_token", "api_key", "x"])
def test_w17_a_key_in_an_address_is_refused_even_beside_a_right_one(
    program: MakeProgram, where: str
) -> None:
    ask = program("view", "modules:ModuleX")
    for path in ("/api/v1/me", "/api/m/ModuleX/a", "/pbxcore/api/modules/ModuleX/CHECK"):
        answer = ask("GET", f"{path}?{where}={ask.key}")
        assert (answer.status_code, answer.json()["error"]["slug"]) == (400, "key-in-address")
        assert ask.key not in answer.content.decode()


def test_a_key_opens_no_page(program: MakeProgram) -> None:
    ask = program("view", "operate", "install", "remove", "settings")
    for path in ("/", "/modules/", "/settings/", "/api-keys/", "/admin/", "/m/ModuleX/", "/api/"):
        assert ask("GET", path).status_code == 302, path


def test_a_wrong_key_counts_more_than_a_right_session() -> None:
    browser = Browser()
    browser.force_login(administrator(), backend=BACKEND)
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_key_never_does_more_than_its_owner_may_now(program: MakeProgram) -> None:
    owner = person(Right.VIEW, Right.OPERATE, Right.INSTALL, name="ann")
    ask = program(
        "view", "operate", "settings", "modules:ModuleX", owner=owner, actor=Actor.of_user(owner)
    )
    assert len(ask("GET", "me").json()["scopes"]) == 4
    owner.user_permissions.clear()
    assert ask("GET", "me").json()["scopes"] == []
    assert ask("GET", "modules").status_code == 403


@pytest.mark.parametrize(
    ("rights", "scope"),
    [((), "view"), ((Right.VIEW,), "operate"), ((Right.OPERATE,), "install"),
     ((Right.VIEW,), "settings"), ((Right.INSTALL,), "modules:ModuleX")],
)  # fmt: skip
def test_w04_nobody_gives_a_key_more_than_they_have(
    rights: tuple[Right, ...], scope: str
) -> None:
    user = person(*rights, name="ann")
    with pytest.raises(NotAllowed):
        create_key(actor=Actor.of_user(user), owner=user, name="x", scopes=[scope])
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("values", "slug"),
    [
        ({"name": ""}, "key-name-invalid"),
        ({"name": "a\x1b[2J"}, "key-name-invalid"),
        ({"scopes": []}, "key-scope-unknown"),
        ({"scopes": ["everything"]}, "key-scope-unknown"),
        ({"scopes": ["modules:../x"]}, "key-scope-unknown"),
        ({"networks": ["10.0.0.1/8"]}, "key-network-invalid"),
        ({"networks": ["here"]}, "key-network-invalid"),
        ({"days": 0}, "key-days-invalid"),
        ({"name": "till"}, "key-name-taken"),
    ],
)
def test_wrong_wishes_for_a_key_are_explained(
    program: MakeProgram, values: dict[str, Any], slug: str
) -> None:
    program("view")
    asked = {"actor": SYSTEM, "owner": None, "name": "new", "scopes": ["view"], **values}
    with pytest.raises(Refused) as caught:
        create_key(**asked)
    assert caught.value.slug == slug
    assert ApiToken.objects.count() == 1


def test_networks_know_both_kinds_of_addresses() -> None:
    assert is_inside("::ffff:10.1.2.3", ["10.0.0.0/8"])
    assert is_inside("2001:db8::1%eth0", ["2001:db8::/32"])
    assert not is_inside("10.1.2.3", ["2001:db8::/32"])
    assert not is_inside("", ["10.0.0.0/8"])


def test_what_a_key_does_stands_in_the_audit_under_its_name(program: MakeProgram) -> None:
    ask = program("settings")
    assert ask("PATCH", "settings", {"settings": {"Name": "New"}}).status_code == 200
    event = AuditEvent.objects.get(action="settings-change")
    assert (event.actor, event.channel, event.address) == ("key:till", "api", "192.0.2.7")
    assert ask("DELETE", "modules/ModuleX").status_code == 403
    denied = AuditEvent.objects.get(action="api-delete-module")
    assert (denied.actor, denied.outcome, denied.reason) == ("key:till", "denied", "scope-missing")


def test_the_page_shows_a_key_once() -> None:
    browser = Browser()
    user = administrator()
    browser.force_login(user, backend=BACKEND)
    form = {"name": "Wall board", "scopes": ["view"], "networks": "192.0.2.0/24", "days": "30"}
    made = browser.post("/api-keys/new/", form)
    assert made.status_code == 200 and made.headers["Cache-Control"] == "no-store"
    token = ApiToken.objects.get()
    key = made.content.decode().partition('value="pbx_')[2].partition('"')[0]
    assert digest(f"pbx_{key}") == token.digest
    assert (token.networks, token.owner) == (["192.0.2.0/24"], user)
    listed = browser.get("/api-keys/").content.decode()
    assert "Wall board" in listed and token.shown in listed and key[9:] not in listed
    assert browser.post("/api-keys/new/", form).status_code == 422
    assert browser.post(f"/api-keys/{token.pk}/revoke/").status_code == 302
    assert Program(f"pbx_{key}")("GET", "me").status_code == 401


def test_an_old_password_is_asked_for_before_a_key_is_made() -> None:
    browser = Browser()
    user = administrator()
    browser.force_login(user, backend=BACKEND)
    age_proof(browser)
    answer = browser.post("/api-keys/new/", {"name": "x", "scopes": ["view"]})
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/confirm/")
    assert not ApiToken.objects.exists()


def test_people_see_and_revoke_their_own_keys_only(program: MakeProgram) -> None:
    ann, bob = person(Right.VIEW, name="ann"), person(Right.VIEW, name="bob")
    program("view", name="of ann", owner=ann, actor=Actor.of_user(ann))
    browser = Browser()
    browser.force_login(bob, backend=BACKEND)
    assert "of ann" not in browser.get("/api-keys/?who=all").content.decode()
    assert browser.post(f"/api-keys/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_the_command_line_makes_lists_and_revokes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("module", "token", "new", "cron", "--scope", "view", "--days", "7")
    key = capsys.readouterr().out.strip()
    assert Program(key)("GET", "modules").status_code == 200
    call_command("module", "token", "list", "--json")
    text = capsys.readouterr().out
    [record] = json.loads(text)["keys"]
    assert (record["name"], record["scopes"], record["state"]) == ("cron", ["view"], "open")
    assert key not in text and record["last_used_at"]
    call_command("module", "token", "revoke", "cron")
    assert Program(key)("GET", "modules").status_code == 401
