"""Login, lock-out and the first run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from modules_app.forms.account import FirstUserForm
from modules_app.services.users import setup_code
from tests.pages import PASSWORD, administrator

FORM = {"username": "olga", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture(autouse=True)
def fresh(settings: Settings, tmp_path: Path, db: None) -> None:
    (tmp_path / "run").mkdir()
    settings.PBX_DATA_DIR = tmp_path
    cache.clear()


def test_a_right_password_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    administrator("olga")
    form = {"username": "olga", "password": PASSWORD, "next": "/modules/"}
    assert client.post("/login/", form)["Location"] == "/modules/"


def test_a_wrong_password_says_the_same_as_an_unknown_name(client: Client) -> None:
    administrator("olga")
    wrong = client.post("/login/", {"username": "olga", "password": "x"}).content.decode()
    unknown = client.post("/login/", {"username": "boris", "password": "x"}).content.decode()
    said = "Please enter a correct username and password"
    assert said in wrong and said in unknown


def test_too_many_wrong_passwords_lock_the_login(client: Client) -> None:
    administrator("olga")
    for _attempt in range(5):
        response = client.post("/login/", {"username": "olga", "password": "x"})
    assert response.status_code == 429
    assert "Too many attempts" in response.content.decode()


def test_logging_out_needs_a_post(client: Client) -> None:
    client.force_login(administrator(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"


def test_a_wrong_setup_link_is_refused_before_a_form_is_filled_in(client: Client) -> None:
    setup_code()
    for address in ("/setup/wrong/", "/setup/%ff/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "printed on the console by script/server" in response.content.decode()


def test_the_login_page_says_that_the_administrator_was_created(client: Client) -> None:
    response = client.post(f"/setup/{setup_code()}/", FORM, follow=True)
    assert "The administrator was created. Log in to go on." in response.content.decode()


def test_the_first_run_makes_the_administrator_and_closes_itself(client: Client) -> None:
    address = f"/setup/{setup_code()}/"
    assert "Create the administrator" in client.get(address).content.decode()
    assert client.post(address, FORM)["Location"] == "/login/"
    assert get_user_model().objects.get().is_superuser
    assert client.get(address).status_code == 404


def test_a_wrong_code_makes_nobody(client: Client) -> None:
    setup_code()
    assert client.post("/setup/wrong/", FORM).status_code == 404
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"repeated": "different one here"}, "The two passwords differ."),
        ({"password": "short", "repeated": "short"}, "at least 12 characters"),
        ({"username": "a b"}, "Enter a valid username"),
    ],
)
def test_a_bad_first_user_is_refused(client: Client, change: dict[str, str], said: str) -> None:
    response = client.post(f"/setup/{setup_code()}/", {**FORM, **change})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not get_user_model().objects.exists()


def test_signing_in_writes_nothing_but_the_audit_to_the_core_database(client: Client) -> None:
    user = administrator("olga")
    with CaptureQueriesContext(connection) as queries:
        client.post("/login/", {"username": "olga", "password": PASSWORD})
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql.split('"')[1] for sql in written] == ["modules_app_auditevent"]
    user.refresh_from_db()
    assert user.last_login is None


def test_first_user_and_login_call_the_name_by_one_word() -> None:
    labels = {str(form().fields["username"].label) for form in (FirstUserForm, AuthenticationForm)}
    assert labels == {"Username"}
