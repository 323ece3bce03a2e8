"""People whom a module signs in: asked last, granted only, and never more than was allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import RequestFactory

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.grants import Grant
from modules_app.exceptions import Refused
from modules_app.models import AuditEvent, Module, ModuleAccount, ModuleGrant
from modules_app.permissions import Actor
from modules_app.services import module_login, rights, users
from tests import pages

ACTOR = Actor.system()
Asked = list[tuple[str, str]]


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Asked, dict[str, Any]]:
    """Two modules that sign people in; what they were asked, and what they answer by id."""
    cache.clear()
    asked: Asked = []
    says: dict[str, Any] = {}

    def ask(_hook: str, typed: dict[str, str], *, modules: list[str], **_more: Any) -> Any:
        asked.append((modules[0], typed["login"]))
        return [HookAnswer(modules[0], ok=True, value=says.get(modules[0], {}))]

    for name in ("ModuleA", "ModuleB"):
        made = pages.module(name, wanted="on")
        made.facts = {**made.facts, "hooks": ["authenticate_user"]}
        made.save()
    monkeypatch.setattr(module_login, "ask_modules", ask)
    monkeypatch.setattr(module_login, "implementers", lambda _hook: ("ModuleA", "ModuleB"))
    return asked, says


def grant(module_id: str, *groups: str) -> ModuleGrant:
    chosen = [Group.objects.get_or_create(name=name)[0] for name in groups]
    return rights.grant(actor=ACTOR, module_id=module_id, grant=Grant.AUTHENTICATE, groups=chosen)


def login(name: str, password: str = "typed") -> User | None:
    request = RequestFactory().post("/login/")
    user = authenticate(request, username=name, password=password)
    return user  # type: ignore[return-value]


def test_made_up_names_keep_no_module_busy(people: tuple[Asked, dict[str, Any]]) -> None:
    asked, _says = people
    grant("ModuleA")
    for number in range(module_login.ASKS_PER_ADDRESS + 5):
        assert login(f"name{number}") is None
    assert len(asked) == module_login.ASKS_PER_ADDRESS


def test_without_a_grant_no_module_is_asked(people: tuple[Asked, dict[str, Any]]) -> None:
    asked, says = people
    says["ModuleA"] = {"role": "x"}
    assert login("ann") is None
    assert asked == []


def test_only_the_granted_one_is_asked_and_the_first_answer_wins(
    people: tuple[Asked, dict[str, Any]],
) -> None:
    asked, says = people
    grant("ModuleB")
    says["ModuleB"] = {"userName": "Ann"}
    user = login("ann")
    assert user is not None and user.first_name == "Ann"
    assert asked == [("ModuleB", "ann")]
    grant("ModuleA")
    says["ModuleA"] = {"userName": "Not Ann"}
    assert login("bob") is not None
    assert ModuleAccount.objects.get(login="bob").module_id == "ModuleA"
    assert asked[1:] == [("ModuleA", "bob")]
    assert login("ann") is not None
    assert ModuleAccount.objects.get(login="ann").module_id == "ModuleB"


@pytest.mark.parametrize("make", [User.objects.create_superuser, User.objects.create_user])
def test_no_module_learns_what_is_typed_for_a_name_of_ours(
    people: tuple[Asked, dict[str, Any]], make: Callable[..., User]
) -> None:
    asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"role": "admins"}
    make("root", password="right password")
    assert login("root") is None and login("ROOT") is None
    assert asked == []
    assert login("root", "right password") is not None


@pytest.mark.parametrize("typed", ["админ", "АДМИН", "strasse", "ﬁnn", "Finn"])
def test_no_other_writing_of_a_name_of_ours_makes_a_second_person(
    people: tuple[Asked, dict[str, Any]], typed: str
) -> None:
    asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"userName": "Somebody"}
    for name in ("Админ", "Straße", "finn"):
        User.objects.create_user(name, password="right password")
    assert login(typed) is None
    assert asked == []


@pytest.mark.parametrize("name", ["key:backup", "ann\nroot", "ann\u202etoor", "a b", "<b>"])
def test_nobody_gets_a_name_that_no_person_could_have(
    people: tuple[Asked, dict[str, Any]], name: str
) -> None:
    asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"userName": "Ann"}
    assert login(name) is None
    assert not User.objects.exists()


def test_a_person_of_a_module_who_was_made_more_is_signed_in_no_more(
    people: tuple[Asked, dict[str, Any]],
) -> None:
    asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"userName": "Ann"}
    assert login("ann") is not None
    User.objects.filter(username="ann").update(is_superuser=True)
    assert login("ann") is None
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("answer", "groups"),
    [
        ({"role": "Readers"}, {"Readers"}),
        ({"role": "Bosses"}, set()),
        ({"groups": ["Readers", "Bosses", "Writers"]}, {"Readers", "Writers"}),
        ({"userName": "Ann"}, {"Readers", "Writers"}),
        ({"groups": []}, set()),
        ({"is_superuser": True, "is_staff": True, "role": "Readers"}, {"Readers"}),
    ],
)
def test_a_person_gets_no_group_that_was_not_allowed(
    people: tuple[Asked, dict[str, Any]], answer: dict[str, Any], groups: set[str]
) -> None:
    _asked, says = people
    Group.objects.create(name="Bosses")
    grant("ModuleA", "Readers", "Writers")
    says["ModuleA"] = answer
    user = login("ann")
    assert user is not None
    assert {group.name for group in user.groups.all()} == groups
    assert not (user.is_staff or user.is_superuser or user.has_usable_password())


def test_taking_groups_or_the_grant_back_counts_at_once(
    people: tuple[Asked, dict[str, Any]],
) -> None:
    _asked, says = people
    grant("ModuleA", "Readers", "Writers")
    says["ModuleA"] = {"userName": "Ann"}
    user = login("ann")
    assert user is not None
    grant("ModuleA", "Writers")
    assert [group.name for group in user.groups.all()] == ["Writers"]
    backend = module_login.ModuleLogin()
    assert backend.get_user(user.pk) == user
    rights.revoke(actor=ACTOR, module_id="ModuleA", grant=Grant.AUTHENTICATE)
    assert backend.get_user(user.pk) is None
    assert not user.groups.exists()


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/m/ModuleA/start/", "/m/ModuleA/start/"),
        ("/modules/", ""),
        ("https://evil.example/m/ModuleA/", ""),
        ("/m/ModuleA/../../logout/", ""),
        ("/m/ModuleA//evil.example", ""),
    ],
)
def test_the_first_page_is_one_of_the_modules_own(
    people: tuple[Asked, dict[str, Any]], page: str, kept: str
) -> None:
    _asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"homePage": page}
    assert login("ann") is not None
    assert ModuleAccount.objects.get(login="ann").home_page == kept


def test_their_password_is_not_ours_to_change(people: tuple[Asked, dict[str, Any]]) -> None:
    _asked, says = people
    grant("ModuleA")
    says["ModuleA"] = {"userName": "Ann"}
    user = login("ann")
    assert user is not None
    with pytest.raises(Refused):
        users.set_password(actor=ACTOR, user=user, password="a long new password")
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_what_was_not_asked_for_cannot_be_granted(people: tuple[Asked, dict[str, Any]]) -> None:
    with pytest.raises(Refused):
        rights.grant(actor=ACTOR, module_id="ModuleA", grant=Grant.PUBLIC_ROUTES)


def test_the_audit_tells_who_granted_what(people: tuple[Asked, dict[str, Any]]) -> None:
    grant("ModuleA", "Readers")
    event = AuditEvent.objects.get(action="grant-give")
    assert (event.target, event.detail["groups"]) == ("ModuleA", ["Readers"])


def test_a_grant_goes_with_the_module(people: tuple[Asked, dict[str, Any]]) -> None:
    grant("ModuleA")
    Module.objects.get(pk="ModuleA").delete()
    assert not ModuleGrant.objects.exists()
