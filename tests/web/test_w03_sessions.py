"""W03, W13, W22, W25: sessions of others, templates from settings, equal work for unknown names."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as values
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache

from modules_app.models import PbxSetting
from modules_app.permissions import Right
from modules_app.views.sessions import SessionStore
from tests.pages import PASSWORD, Browser, administrator, module, operation, person
from tests.web.crawl import BACKEND
from tests.web.hostile import SUM, TEXT

pytestmark = pytest.mark.django_db
FORM = {"username": "olga", "password": PASSWORD}


def sid(client: Browser) -> str:
    return client.cookies[values.SESSION_COOKIE_NAME].value


def test_w03_a_session_that_somebody_planted_is_not_taken_over() -> None:
    administrator("olga")
    cache.clear()
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    for key in (str(planted.session_key), "a" * 32):
        victim, other = Browser(), Browser()
        victim.cookies[values.SESSION_COOKIE_NAME] = key
        assert victim.post("/login/", FORM).status_code == 302
        assert sid(victim) != key
        assert victim.get("/").status_code == 200
        other.cookies[values.SESSION_COOKIE_NAME] = key
        assert other.get("/").status_code == 302


def test_w03_a_new_password_ends_the_other_sessions() -> None:
    user = administrator("olga")
    one, two = Browser(), Browser()
    one.force_login(user, backend=BACKEND)
    two.force_login(user, backend=BACKEND)
    assert two.get("/").status_code == 200
    user.set_password("another long password here")
    user.save()
    assert one.get("/").status_code == 302
    assert two.get("/").status_code == 302


def test_w13_a_stored_value_is_never_a_template() -> None:
    PbxSetting.objects.create(key="Name", value=TEXT)
    client = Browser()
    client.force_login(administrator(), backend=BACKEND)
    for path in ("/settings/", "/admin/modules_app/pbxsetting/", "/"):
        html = client.get(path).content.decode()
        assert SUM not in html
        assert values.SECRET_KEY not in html


def test_w22_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    administrator("olga")
    cache.clear()
    work: list[str] = []
    plain = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        work.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    counts = []
    for name in ("olga", "nobody-of-that-name"):
        work.clear()
        Browser().post("/login/", {"username": name, "password": "wrong"})
        counts.append(len(work))
    assert counts[0] == counts[1] > 0


def test_w25_progress_is_for_those_with_the_right() -> None:
    module()
    shown = operation()
    expected = {(): 403, (Right.OPERATE,): 403, (Right.VIEW,): 200}
    for number, (rights, status) in enumerate(expected.items()):
        client = Browser()
        client.force_login(person(*rights, name=f"p{number}"), backend=BACKEND)
        for path in (f"/operations/{shown.pk}/", "/operations/"):
            for headers in ({}, {"HX-Request": "true"}):
                assert client.get(path, headers=headers).status_code == status, path
    stranger = Browser().get(f"/operations/{shown.pk}/", headers={"HX-Request": "true"})
    assert stranger.status_code in (302, 401)
