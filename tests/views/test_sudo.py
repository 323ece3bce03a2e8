"""The password again before dangerous actions (reference R6.4, W03, W10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as values
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.domain.states import Verb
from modules_app.exceptions import NotFound
from modules_app.models import ApiToken, AuditEvent, Operation, PbxSetting, PendingAction
from modules_app.permissions import Actor, Right
from modules_app.processes import clock
from modules_app.services import sudo
from modules_app.services.importing import receive_export
from modules_app.urls import urlpatterns as module_patterns
from telephony_app.urls import urlpatterns as telephone_patterns
from tests.builders import zip_of
from tests.lifecycle import Life
from tests.pages import FORM, PASSWORD, Browser, age_proof, module, person, upload

BACKEND = "django.contrib.auth.backends.ModelBackend"
REMOVE = "/modules/ModuleBlackList/remove/"
TYPED = {"data": "delete", "typed": "ModuleBlackList"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def no_failures_of_before() -> None:
    cache.clear()


@pytest.fixture
def stale(admin_page: Client) -> Client:
    """An administrator whose password was typed too long ago."""
    age_proof(admin_page)
    return admin_page


def asked(client: Client, path: str = REMOVE, form: dict[str, str] | None = None) -> PendingAction:
    """Post something dangerous and return what waits for the password."""
    response = client.post(path, TYPED if form is None else form)
    action = PendingAction.objects.latest("stored_at")
    assert response["Location"] == f"/confirm/{action.pk}/"
    return action


def answer(client: Client, action: PendingAction, password: str = PASSWORD) -> Any:
    """Send the password as the page does."""
    return client.post(action.path, {"confirm": str(action.pk), "password": password})


def test_a_login_counts_as_a_proof(admin_page: Client) -> None:
    module()
    assert admin_page.post(REMOVE, TYPED)["Location"].startswith("/operations/")


def test_a_stolen_cookie_alone_neither_installs_nor_removes(stale: Client) -> None:
    module()
    waiting = upload("ModuleNew")
    asked(stale)
    asked(stale, f"/uploads/{waiting.pk}/install/", {"enable": "1"})
    assert not Operation.objects.exists()


def test_the_page_says_what_will_happen_and_carries_nothing_of_the_form(stale: Client) -> None:
    module()
    action = asked(stale, form={**TYPED, "canary": "tweet"})
    html = stale.get(f"/confirm/{action.pk}/").content.decode()
    assert "Remove “ModuleBlackList” and delete its data for good" in html
    assert "tweet" not in html and TYPED["data"] not in re.findall(r'value="([^"]*)"', html)
    form = html.partition('action="/modules/ModuleBlackList/remove/"')[2].partition("</form>")[0]
    names = set(re.findall(r'name="(\w+)"', form))
    assert names == {"csrfmiddlewaretoken", "confirm", "username", "password", "cancel"}


def test_an_action_that_fails_badly_leaves_the_person_logged_in(
    stale: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_arguments: Any) -> None:
        raise RuntimeError("our own fault")

    module()
    action = asked(stale)
    monkeypatch.setattr("modules_app.views.actions.remove_module", fail)
    stale.raise_request_exception = False
    assert answer(stale, action).status_code == 500
    assert stale.get("/").status_code == 200


def test_the_right_password_runs_it_once_as_it_was_sent(stale: Client) -> None:
    module()
    action = asked(stale)
    before = stale.session.session_key
    response = answer(stale, action)
    queued = Operation.objects.get()
    assert response["Location"] == f"/operations/{queued.pk}/"
    assert (queued.verb, queued.options["keep_data"]) == (Verb.REMOVE, False)
    assert stale.session.session_key != before
    assert not type(stale.session)(before).load()
    assert answer(stale, action).status_code == 404
    assert Operation.objects.count() == 1


def test_of_two_who_take_an_action_one_gets_it(stale: Client) -> None:
    module()
    action = asked(stale)
    actor = Actor.system()
    sudo.take_action(actor=actor, action=action)
    with pytest.raises(NotFound):
        sudo.take_action(actor=actor, action=action)


def test_one_password_is_enough_for_a_batch(stale: Client) -> None:
    module()
    module("ModuleOther")
    answer(stale, asked(stale))
    form = {"data": "keep"}
    assert stale.post("/modules/ModuleOther/remove/", form)["Location"].startswith("/operations/")


def test_a_wrong_password_runs_nothing_and_asks_again(stale: Client) -> None:
    module()
    action = asked(stale)
    response = answer(stale, action, "wrong")
    assert response.status_code == 422
    assert "This is not your password" in response.content.decode()
    assert answer(stale, action, "").status_code == 422
    assert not Operation.objects.exists()
    assert answer(stale, action).status_code == 302


def test_wrong_passwords_lock_the_account_here_and_at_the_login(stale: Client) -> None:
    module()
    action = asked(stale)
    statuses = [answer(stale, action, "wrong").status_code for _attempt in range(5)]
    assert statuses == [422] * 4 + [429]
    assert answer(stale, action).status_code == 429
    assert Browser().post("/login/", {"username": "root", "password": PASSWORD}).status_code == 429
    assert not Operation.objects.exists()


def test_a_right_password_forgets_the_wrong_ones(stale: Client) -> None:
    module()
    action = asked(stale)
    for _attempt in range(4):
        answer(stale, action, "wrong")
    answer(stale, action)
    age_proof(stale)
    module("ModuleOther")
    action = asked(stale, "/modules/ModuleOther/remove/", {"data": "keep"})
    assert answer(stale, action, "wrong").status_code == 422


def test_cancelling_leads_back_and_forgets_it(stale: Client) -> None:
    module()
    stale.post(REMOVE, TYPED, headers={"Referer": "http://testserver/modules/?q=x"})
    action = PendingAction.objects.get()
    assert stale.post(f"/confirm/{action.pk}/", {"cancel": "1"})["Location"] == "/modules/?q=x"
    assert not PendingAction.objects.exists()
    assert answer(stale, action).status_code == 404
    assert not Operation.objects.exists()


def test_a_foreign_page_is_not_led_back_to(stale: Client) -> None:
    module()
    stale.post(REMOVE, TYPED, headers={"Referer": "https://elsewhere.example/modules/"})
    assert PendingAction.objects.get().back == "/"


def test_another_session_of_the_same_person_must_prove_itself(stale: Client) -> None:
    module()
    action = asked(stale)
    other = Browser()
    other.force_login(get_user_model().objects.get(username="root"), backend=BACKEND)
    assert other.get(f"/confirm/{action.pk}/").status_code == 404
    assert answer(other, action).status_code == 404
    age_proof(other)
    answer(stale, action)
    asked(other, form={"data": "keep"})
    assert Operation.objects.count() == 1


def test_another_person_cannot_take_it(stale: Client) -> None:
    module()
    action = asked(stale)
    other = Browser()
    other.force_login(person(*Right), backend=BACKEND)
    assert answer(other, action).status_code == 404
    assert not Operation.objects.exists()


def test_an_action_runs_only_on_what_it_was_asked_for(stale: Client) -> None:
    module()
    module("ModuleOther")
    action = asked(stale)
    elsewhere = {"confirm": str(action.pk), "password": PASSWORD}
    response = stale.post("/modules/ModuleOther/remove/", elsewhere)
    assert response["Location"] == f"/confirm/{action.pk}/"
    assert not Operation.objects.exists()


def test_a_right_lost_meanwhile_stops_the_action(client: Client, db: None) -> None:
    module()
    anna = person(*Right)
    client.force_login(anna, backend=BACKEND)
    age_proof(client)
    action = asked(client)
    anna.user_permissions.clear()
    assert answer(client, action).status_code == 403
    assert not Operation.objects.exists()


def test_the_right_is_asked_for_before_the_password(client: Client, db: None) -> None:
    module()
    client.force_login(person(Right.VIEW), backend=BACKEND)
    age_proof(client)
    assert client.post(REMOVE, TYPED).status_code == 403
    assert not PendingAction.objects.exists()


def test_logging_out_ends_the_proof_and_what_waits(stale: Client) -> None:
    module()
    action = asked(stale)
    stale.post("/logout/")
    assert not PendingAction.objects.exists()
    assert answer(stale, action)["Location"].startswith("/login/")


def test_an_action_does_not_wait_for_ever(stale: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    module()
    action = asked(stale)
    later = clock.seconds_running() + sudo.WAIT_SECONDS + 1
    monkeypatch.setattr(clock, "seconds_running", lambda: later)
    response = answer(stale, action)
    assert response.status_code == 404
    assert "no longer open" in response.content.decode()


@pytest.mark.parametrize(
    ("clocks", "asks"),
    [
        ({"running": 595}, False),
        ({"running": 601}, True),
        ({"running": 601, "clock": -100_000}, True),
        ({"running": 0, "clock": 601}, True),
        ({"running": 0, "clock": -100_000}, False),
        ({"boot": "another"}, True),
    ],
)
def test_ten_minutes_whatever_the_clock_is_set_to(
    admin_page: Client, monkeypatch: pytest.MonkeyPatch, clocks: dict[str, Any], asks: bool
) -> None:
    module()
    proven = admin_page.session["proof"]
    running = proven[1] + clocks.get("running", 0)
    monkeypatch.setattr(clock, "seconds_running", lambda: running)
    monkeypatch.setattr(clock, "boot_id", lambda: clocks.get("boot", proven[0]))
    now = proven[2] + clocks.get("clock", clocks.get("running", 0))
    monkeypatch.setattr(clock, "time", SimpleNamespace(time=lambda: now))
    location = admin_page.post(REMOVE, TYPED)["Location"]
    assert location.startswith("/confirm/" if asks else "/operations/")


def test_the_number_of_minutes_is_a_setting(admin_page: Client, settings: Settings) -> None:
    module()
    settings.PBX_SUDO_SECONDS = 0
    action = asked(admin_page)
    assert answer(admin_page, action)["Location"].startswith("/operations/")


def test_htmx_sends_the_whole_page_to_the_question(stale: Client) -> None:
    module()
    response = stale.post(REMOVE, TYPED, headers=HTMX)
    action = PendingAction.objects.get()
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"/confirm/{action.pk}/"


def test_a_form_with_mistakes_comes_back_on_its_own_page(stale: Client) -> None:
    fields = stale.get("/settings/").context["form"].fields
    form = dict.fromkeys(fields, "x")
    action = asked(stale, "/settings/", form)
    response = answer(stale, action)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert not PbxSetting.objects.exists()


def test_a_download_starts_after_the_password(stale: Client) -> None:
    assert stale.get("/audit/audit.json?outcome=done")["Location"].startswith("/confirm/")
    action = PendingAction.objects.get()
    form = {"confirm": str(action.pk), "password": PASSWORD}
    after = stale.post(f"/confirm/{action.pk}/", form)
    assert after["Location"] == "/audit/audit.json?outcome=done"
    assert b"".join(stale.get(after["Location"]).streaming_content).startswith(b'{"events"')


def test_a_page_that_asked_a_moment_earlier_does_not_end_the_session(stale: Client) -> None:
    module()
    old = stale.cookies[values.SESSION_COOKIE_NAME].value
    answer(stale, asked(stale))
    late = Browser()
    late.cookies[values.SESSION_COOKIE_NAME] = old
    response = late.get("/operations/", headers={**HTMX, "X-Poll": "1"})
    assert response["Location"].startswith("/login/")
    assert values.SESSION_COOKIE_NAME not in response.cookies


def test_passwords_reach_neither_what_is_stored_nor_the_audit(stale: Client) -> None:
    module()
    action = asked(stale)
    answer(stale, action, "Canary-wrong-password")
    answer(stale, action)
    told = str(list(AuditEvent.objects.values())) + str(list(PendingAction.objects.values()))
    assert "Canary" not in told and PASSWORD not in told
    steps = AuditEvent.objects.filter(action="sudo").order_by("id")
    assert [step.outcome for step in steps] == ["asked", "failed", "passed"]
    assert {step.session for step in steps} == {stale.session["session_name"]}


# Raw records


def test_the_raw_records_ask_before_they_change_anything(stale: Client) -> None:
    form = {"key": "ModuleTestFlag", "value": "1"}
    action = asked(stale, "/admin/modules_app/pbxsetting/add/", form)
    assert not PbxSetting.objects.exists()
    answer(stale, action)
    assert PbxSetting.objects.get().value == "1"


def test_a_form_for_a_new_password_is_asked_for_before_it_is_filled_in(stale: Client) -> None:
    assert stale.get("/admin/auth/user/add/")["Location"].startswith("/confirm/")
    new = {"username": "boris", "password1": "Canary-of-boris", "password2": "Canary-of-boris"}
    action = asked(stale, "/admin/auth/user/add/", new)
    assert (action.kept, action.body) == (False, "")
    again = stale.post(f"/confirm/{action.pk}/", {"password": PASSWORD})
    assert again["Location"] == "/admin/auth/user/add/"
    assert not get_user_model().objects.filter(username="boris").exists()
    assert stale.get("/admin/auth/user/add/").status_code == 200


def raw_addresses() -> Iterator[tuple[str, str]]:
    """Yield name and address of everything below /admin/ with records that do not exist."""
    for pattern in admin.site.get_urls():
        parts = getattr(pattern, "url_patterns", [pattern])
        for part in parts:
            route = str(pattern.pattern) + (str(part.pattern) if part is not pattern else "")
            path = re.sub(r"<[^>]+>|\(\?P.*\)", "1", route).strip("^$")
            yield str(part.name), f"/admin/{path}"


def test_every_address_of_the_raw_records_asks(stale: Client) -> None:
    harmless = {"index", "login", "logout", "jsi18n", "autocomplete", "view_on_site", "app_list",
                "None"}  # fmt: skip
    found = [(name, path) for name, path in raw_addresses() if name not in harmless]
    assert len(found) > 30
    for name, path in found:
        if name.startswith("password_change"):
            continue  # leads to our own page, which asks for the password by itself
        location = stale.post(path, {"x": "1"}).get("Location", "")
        assert location.startswith("/confirm/"), (name, path)


# Every view says whether it is dangerous

HARMLESS = {
    "dashboard": "shows",
    "module-list": "shows",
    "module-detail": "shows",
    "module-row": "shows",
    "module-enable": "can be undone at once",
    "module-disable": "stopping a module must be quick",
    "module-verify": "compares",
    "module-place": "moves a menu entry",
    "batch-plan": "shows",
    "batch-detail": "shows",
    "batch-cancel": "stopping must be quick",
    "upload-new": "stores a package, nothing of it runs",
    "upload-report": "shows",
    "upload-discard": "forgets a package",
    "import-new": "stores an export, nothing of it is taken over",
    "import-discard": "forgets an export",
    "operation-list": "shows",
    "operation-detail": "shows",
    "operation-cancel": "stopping must be quick",
    "audit": "shows",
    "events": "shows",
    "worker-log": "shows",
    "session-list": "shows",
    "hooks": "shows",
    "popover": "shows a page of a module",
    "first-step-leave-out": "only stops reminding",
    "firewall": "shows",
    "firewall-keep": "ends a trial that was begun with a proof",
    "firewall-return": "goes back to rules that were in force",
    "fail2ban": "shows",
    "fail2ban-unban": "lets an address try again",
    "configuration": "shows",
    "configuration-module": "shows",
    "configuration-file": "shows",
    "configuration-apply": "tests and applies what is stored already",
    "api-keys": "shows",
    "api-reference": "shows",
    "module_api_v1": "interfaces of modules",
    "safe-mode": "shows",
    "safe-mode-try": "runs nothing that is not enabled",
    "safe-mode-stop": "stopping must be quick",
    "safe-mode-search": "runs nothing that is not enabled",
    "password": "asks for the password by itself",
    "confirm": "is the question",
    "login": "is the first proof",
    "logout": "ends the session",
    "setup": "has its own code",
    "set_language": "look",
    "theme": "look",
    "healthz": "for machines",
    "extension-list": "shows",
    "extension-new": "adds a phone with a password of its own; can be undone",
    "extension": "can be undone",
    "extension-chosen": "shows",
    "fresh-password": "makes a password that nobody has yet",
    "number-options": "shows",
    "provider-list": "shows",
    "provider-new": "can be undone",
    "provider": "can be undone",
    "incoming-route-list": "shows",
    "incoming-route-new": "can be undone",
    "incoming-route": "can be undone",
    "incoming-route-move": "can be undone",
    "incoming-route-default": "can be undone",
    "outgoing-route-list": "shows",
    "outgoing-route-new": "can be undone",
    "outgoing-route": "can be undone",
    "outgoing-route-move": "can be undone",
    "codec-list": "shows",
    "codec-change": "can be undone",
    "ami-user-list": "shows",
    "ari-user-list": "shows",
    "dialplan-application-list": "shows",
    "telephony-apply": "shows",
    "telephony-apply-do": "applies what is stored already",
    "telephony-status": "shows",
    "permissions": "look",
    "module-header": "look",
    "assets": "files of modules",
    "module_proxy": "pages of modules",
    "module_api": "interfaces of modules",
    "None": "old addresses of module pages",
}
PATTERNS = [*module_patterns, *telephone_patterns]
DANGEROUS_NAMES = re.compile(
    r"remov|rollback|repair|install|delete|safe-mode-(on|off|report)|settings|revoke|export|csv"
    r"|json|report-|backup|restore|-secret|chosen-do"
)


def test_every_view_is_declared_dangerous_or_known_to_be_harmless() -> None:
    patterns = [one for one in PATTERNS if isinstance(one, URLPattern)]
    assert len(patterns) > 25
    declared = {p.name for p in patterns if hasattr(p.callback, "sudo")}
    names = {str(p.name) for p in patterns}
    assert names - declared - set(HARMLESS) == set(), "declare it with @sudo or say why not"
    assert declared & set(HARMLESS) == set()
    must = {name for name in names if DANGEROUS_NAMES.search(name)}
    assert must - declared == set()
    assert {"module-remove", "upload-install", "settings", "kept-delete"} <= declared


def waiting_export() -> str:
    """Receive an export of ModuleBlackList and return its number."""
    about = {"format": 1, "id": "ModuleBlackList", "version": "1.0.0", "contract": "mikopbx"}
    about |= {"made_at": "2026-01-01T00:00:00+00:00", "files": {"module.db": "-"}}
    received, _about = receive_export([zip_of({"export.json": json.dumps(about)})])
    return received.name.removesuffix(".part")


def test_every_declared_view_asks(stale: Client, life: Life) -> None:
    module()
    waiting = upload("ModuleNew")
    arguments = {"module_id": "ModuleBlackList", "upload_id": waiting.pk, "name": "a" * 12}
    key = ApiToken.objects.create(name="backup", public="abcdefgh", created_at=timezone.now())
    arguments |= {"network_id": 1, "path": "cron/pbxadmin", "key_id": key.pk}
    arguments |= {"lost_id": 1, "job_id": 1, "record_id": 1}
    arguments |= {"operation_id": 1, "export_id": waiting_export()}
    for pattern in PATTERNS:
        danger = getattr(pattern.callback, "sudo", None)
        if danger is None:
            continue
        route = re.sub(r"<\w+:(\w+)>", lambda found: str(arguments[found[1]]), str(pattern.pattern))
        for method in danger.methods:
            response = stale.generic(method, f"/{route}", b"x=1", FORM)
            assert response["Location"].startswith("/confirm/"), route
