"""Where somebody is logged in: listed, ended, ending by itself (reference R6.1, R6.3, W03)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as values
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.models import AuditEvent
from modules_app.selectors.sessions import open_sessions, short_browser
from modules_app.views.sessions import SessionStore
from tests.pages import PASSWORD, Browser, administrator, age_proof, person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NEW = "quite another horse and battery"


@pytest.fixture(autouse=True)
def sessions(settings: Settings, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own."""
    settings.PBX_DATA_DIR = tmp_path
    monkeypatch.setattr(SessionStore, "_storage_path", str(tmp_path), raising=False)
    cache.clear()
    return tmp_path


def logged_in(name: str, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """Return a browser that logged in with the form."""
    browser = Browser(headers={"user-agent": agent}, REMOTE_ADDR=address)
    form = {"username": name, "password": PASSWORD}
    assert browser.post("/login/", form).status_code == 302
    return browser


def name_of(client: Client) -> str:
    return str(client.session["session_name"])


def is_in(client: Client) -> bool:
    return client.get("/sessions/").status_code == 200


def test_a_person_sees_their_own_sessions_and_which_one_this_is() -> None:
    person(name="anna")
    person(name="boris")
    here, there = logged_in("anna"), logged_in("anna", "curl/8.1", "198.51.100.9")
    logged_in("boris", address="203.0.113.5")
    html = here.get("/sessions/").content.decode()
    assert "Firefox, Linux" in html and "192.0.2.7" in html
    assert "curl" in html and "198.51.100.9" in html
    assert "203.0.113.5" not in html
    assert html.count(">this one<") == 1
    this = html.partition(">this one<")[2]
    assert this.index(name_of(here)) < 200
    assert name_of(there) in html


def test_the_key_of_a_session_is_shown_nowhere() -> None:
    administrator("root")
    here = logged_in("root")
    html = here.get("/sessions/?who=all").content.decode()
    assert here.session.session_key not in html
    assert here.session.session_key not in str(list(AuditEvent.objects.values()))


def test_only_a_superuser_sees_everybody() -> None:
    administrator("root")
    person(name="anna")
    anna, root = logged_in("anna", address="192.0.2.8"), logged_in("root")
    assert "192.0.2.8" in root.get("/sessions/?who=all").content.decode()
    assert "192.0.2.7" not in anna.get("/sessions/?who=all").content.decode()


def test_one_session_is_ended() -> None:
    person(name="anna")
    here, there = logged_in("anna"), logged_in("anna")
    here.post(f"/sessions/{name_of(there)}/end/")
    assert is_in(here) and not is_in(there)
    event = AuditEvent.objects.get(action="session-revoke")
    assert (event.actor, event.session, event.detail["address"]) == (
        "anna", name_of(here), "192.0.2.7"
    )  # fmt: skip


def test_all_others_are_ended_and_nobody_elses() -> None:
    person(name="anna")
    person(name="boris")
    here, boris = logged_in("anna"), logged_in("boris")
    others = [logged_in("anna") for _count in range(3)]
    html = here.post("/sessions/end-others/", follow=True).content.decode()
    assert "3 other sessions were ended." in html
    assert is_in(here) and is_in(boris)
    assert not any(is_in(one) for one in others)


def test_nobody_ends_the_sessions_of_others_but_a_superuser() -> None:
    person(name="anna")
    administrator("root")
    anna, root = logged_in("anna"), logged_in("root")
    assert anna.post(f"/sessions/{name_of(root)}/end/").status_code == 404
    assert is_in(root)
    root.post(f"/sessions/{name_of(anna)}/end/")
    assert not is_in(anna)


def test_ending_this_one_leads_to_the_login() -> None:
    person(name="anna")
    here = logged_in("anna")
    assert here.post(f"/sessions/{name_of(here)}/end/")["Location"] == "/login/"
    assert not is_in(here)


def test_ending_a_session_needs_the_password() -> None:
    person(name="anna")
    here, there = logged_in("anna"), logged_in("anna")
    age_proof(here)
    for address in (f"/sessions/{name_of(there)}/end/", "/sessions/end-others/"):
        assert here.post(address)["Location"].startswith("/confirm/")
    assert is_in(there)


def test_an_ended_session_does_not_come_back_with_a_late_request() -> None:
    person(name="anna")
    here, there = logged_in("anna"), logged_in("anna")
    late = there.session
    late["seen_at"] = 1
    here.post("/sessions/end-others/")
    with pytest.raises(UpdateError):
        late.save()
    assert len(open_sessions()) == 1


def test_a_new_password_ends_the_others_and_keeps_this_one() -> None:
    person(name="anna")
    here, there = logged_in("anna"), logged_in("anna")
    before = here.session.session_key
    form = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    assert here.post("/password/", form)["Location"] == "/sessions/"
    assert is_in(here) and not is_in(there)
    assert here.session.session_key != before
    assert [row.name for row in open_sessions()] == [name_of(here)]
    event = AuditEvent.objects.get(action="password-change")
    assert (event.actor, event.target, event.address) == ("anna", "anna", "192.0.2.7")
    assert get_user_model().objects.get(username="anna").check_password(NEW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"current": "wrong"}, "This is not your password."),
        ({"repeated": "different one here"}, "The two passwords differ."),
        ({"password": "short", "repeated": "short"}, "at least 12 characters"),
    ],
)
def test_a_bad_new_password_changes_nothing(change: dict[str, str], said: str) -> None:
    person(name="anna")
    here = logged_in("anna")
    form = {"current": PASSWORD, "password": NEW, "repeated": NEW, **change}
    response = here.post("/password/", form)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert get_user_model().objects.get(username="anna").check_password(PASSWORD)


def test_a_password_set_by_an_administrator_ends_all_sessions_of_the_person() -> None:
    administrator("root")
    anna = person(name="anna")
    root, there = logged_in("root"), logged_in("anna")
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert root.post(f"/admin/auth/user/{anna.pk}/password/", form).status_code == 302
    assert is_in(root) and not is_in(there)
    event = AuditEvent.objects.get(action="user-change")
    assert (event.actor, event.target) == ("root", "anna")
    assert NEW not in str(list(AuditEvent.objects.values()))


def test_rights_given_in_the_raw_records_are_audited_in_their_transaction() -> None:
    administrator("root")
    anna = person(name="anna")
    root = logged_in("root")
    page = root.get(f"/admin/auth/user/{anna.pk}/change/")
    fields = page.context["adminform"].form
    form = {name: fields[name].value() or "" for name in ("username", "first_name", "email")}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00", "is_superuser": "on"}
    assert root.post(f"/admin/auth/user/{anna.pk}/change/", form).status_code == 302
    anna.refresh_from_db()
    assert anna.is_superuser
    event = AuditEvent.objects.get(action="user-change")
    assert "Superuser status" in str(event.detail)


def test_the_key_changes_at_the_login_and_the_old_one_is_worth_nothing() -> None:
    person(name="anna")
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    browser = Browser()
    browser.cookies[values.SESSION_COOKIE_NAME] = planted.session_key
    browser.post("/login/", {"username": "anna", "password": PASSWORD})
    assert browser.cookies[values.SESSION_COOKIE_NAME].value != planted.session_key
    assert not SessionStore(planted.session_key).load()


def test_logging_out_deletes_the_session_here(sessions: Path) -> None:
    person(name="anna")
    here = logged_in("anna")
    key = here.session.session_key
    assert here.post("/logout/").status_code == 302
    assert not any(key in path.name for path in sessions.iterdir())
    event = AuditEvent.objects.get(action="logout")
    assert (event.actor, event.outcome) == ("anna", "done")


def test_a_session_has_an_age_limit_whatever_is_clicked(settings: Settings) -> None:
    person(name="anna")
    here = logged_in("anna")
    session = here.session
    boot, running, clock = session["began"]
    session["began"] = [boot, running - values.PBX_SESSION_SECONDS, clock]
    session.save()
    assert open_sessions() == []
    assert here.get("/sessions/")["Location"].startswith("/login/")
    assert AuditEvent.objects.get(action="logout").reason == "too-old"


def test_a_session_without_a_click_ends() -> None:
    person(name="anna")
    here = logged_in("anna")
    session = here.session
    session["seen_at"] -= values.PBX_IDLE_SECONDS + 1
    session.save()
    assert here.get("/sessions/")["Location"].startswith("/login/")
    assert AuditEvent.objects.get(action="logout").reason == "idle"


def test_a_session_of_an_unknown_age_ends() -> None:
    person(name="anna")
    here = logged_in("anna")
    session = here.session
    del session["began"]
    session.save()
    assert not is_in(here)


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("<script>x</script>\x1b[2J" + "y" * 99, "<script>x</script>[2J" + "y" * 18),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_shortly(agent: str, shown: str) -> None:
    assert short_browser(agent) == shown


def test_what_a_browser_claims_is_shown_as_text() -> None:
    person(name="anna")
    here = logged_in("anna", agent="<b>me</b>")
    html = here.get("/sessions/").content.decode()
    assert "<b>me</b>" not in html
    assert re.search(r"&lt;b&gt;me&lt;/b&gt;", html)
