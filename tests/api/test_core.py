"""The core's REST: the same records and services as pages and commands, errors in one shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from modules_app.models import HookResult, Module, Operation, PbxSetting, Upload
from modules_app.permissions import Right
from modules_app.services.hook_results import record_hook_result
from tests.api.conftest import MakeProgram
from tests.builders import mikopbx
from tests.lifecycle import Life
from tests.pages import Browser, age_proof, module, operation, person
from tests.web.crawl import BACKEND

TOKEN = "a" * 32


def browser(*rights: Right) -> Client:
    """Return the browser of a person who just typed the password."""
    found = Browser(enforce_csrf_checks=True)
    found.force_login(person(*rights, name="ann"), backend=BACKEND)
    found.cookies["csrftoken"] = TOKEN
    return found


def as_page(client: Client, method: str, path: str, sent: Any = None, token: str = TOKEN) -> Any:
    """Send a request as a script of our own page does."""
    return client.generic(
        method,
        f"/api/v1/{path}",
        json.dumps(sent) if sent is not None else "",
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )


def test_a_module_is_shown_as_the_command_line_shows_it(
    program: MakeProgram, capsys: pytest.CaptureFixture[str]
) -> None:
    module("ModuleX", wanted="on")
    record_hook_result(module_id="ModuleX", hook="on_after_module_enable", ok=True, seconds=0.1)
    call_command("module", "show", "ModuleX", "--json")
    shown = json.loads(capsys.readouterr().out)
    ask = program("view")
    assert ask("GET", "modules/modulex").json() == shown
    assert ask("GET", "modules/ModuleX/hooks").json() == {"hooks": shown["hooks"]}
    [row] = ask("GET", "modules?state=enabled&search=title").json()["modules"]
    assert row == {name: shown[name] for name in row}
    assert ask("GET", "modules?state=broken").json() == {"modules": []}
    assert HookResult.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "path", "scope", "verb"),
    [
        ("POST", "modules/ModuleX/disable", "operate", "disable"),
        ("DELETE", "modules/ModuleX?data=delete", "remove", "remove"),
    ],
)
def test_long_verbs_answer_with_the_address_of_their_operation(
    life: Life, program: MakeProgram, method: str, path: str, scope: str, verb: str
) -> None:
    module("ModuleX", wanted="on")
    ask = program(scope, "view")
    answer = ask(method, path, **{"Idempotency-Key": "one"})
    assert answer.status_code == 202
    found = answer.json()
    assert (found["verb"], found["outcome"], found["channel"]) == (verb, "queued", "api")
    assert answer.headers["Location"] == found["url"]
    assert ask("GET", found["url"]).json() == found
    log = ask("GET", found["url"] + "/log").json()
    assert log["open"] and log["may_cancel"] and log["steps"]
    again = ask(method, path, **{"Idempotency-Key": "one"})
    assert again.json()["operation"] == found["operation"]
    busy = ask(method, path)
    assert busy.status_code == 409 and busy.json()["error"]["slug"] == "module-busy"
    assert busy.json()["error"]["context"]["operation"] == found["operation"]
    assert Operation.objects.get().options.get("keep_data", False) is False


def test_a_package_is_uploaded_read_installed_and_the_operation_followed(
    life: Life, program: MakeProgram
) -> None:
    ask = program("install", "view")
    sent = ask("POST", "packages", mikopbx("ModuleNew"), content_type="application/zip")
    assert sent.status_code == 201, sent.content
    found = sent.json()
    assert (found["module"], found["installable"]) == ("ModuleNew", True)
    assert ask("GET", found["url"]).json() == found
    assert ask("GET", "packages").json()["packages"] == [found]
    queued = ask("POST", f"packages/{found['package']}/install", {"enable": False})
    assert queued.status_code == 202
    ended = life.run(Operation.objects.get())
    assert ended.outcome == "done"
    assert ask("GET", queued.json()["url"]).json()["outcome"] == "done"
    assert Module.objects.get().pk == "ModuleNew"


def test_a_package_can_be_discarded(life: Life, program: MakeProgram) -> None:
    ask = program("install")
    found = ask("POST", "packages", mikopbx("ModuleNew"), content_type="application/zip").json()
    assert ask("DELETE", f"packages/{found['package']}").status_code == 204
    assert ask("GET", f"packages/{found['package']}").status_code == 404
    assert life.residue() == []


def test_a_bad_package_is_refused_with_its_report(life: Life, program: MakeProgram) -> None:
    ask = program("install")
    bad = ask("POST", "packages", mikopbx("0"), content_type="application/zip")
    assert bad.status_code == 422
    assert bad.json()["error"]["slug"] == "package-invalid"
    assert all(one["text"] for one in bad.json()["report"]["errors"])
    noise = ask("POST", "packages", b"no archive", content_type="application/octet-stream")
    assert noise.status_code == 422
    assert not Upload.objects.exists() and life.residue() == []


def test_settings_are_read_and_changed_all_or_none(program: MakeProgram) -> None:
    ask = program("settings")
    assert ask("PATCH", "settings", {"settings": {"Name": "New", "SIPPort": "5070"}}).json() == {
        "changed": ["Name", "SIPPort"]
    }
    assert ask("GET", "settings").json()["settings"]["SIPPort"] == "5070"
    wrong = ask("PATCH", "settings", {"settings": {"Name": "Other", "SIPPort": "no"}})
    assert (wrong.status_code, wrong.json()["error"]["slug"]) == (422, "setting-invalid")
    assert PbxSetting.objects.get(key="Name").value == "New"
    assert program("install", "view", name="other")("GET", "settings").status_code == 403


def test_errors_speak_the_language_of_the_program(program: MakeProgram) -> None:
    ask = program("view")
    english = ask("GET", "modules/ModuleNo")
    russian = ask("GET", "modules/ModuleNo", **{"Accept-Language": "ru"})
    assert english.status_code == russian.status_code == 404
    found, translated = english.json()["error"], russian.json()["error"]
    assert set(found) == {"slug", "message", "hint", "context"}
    assert "ModuleNo" in found["message"] and found["message"] != translated["message"]
    assert found["slug"] == translated["slug"] == "module-not-found"


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing", 404), ("modules/a/b/c", 404), ("operations/99999999999999999999", 404),
     ("operations/x", 404), ("packages/x", 404), ("", 404), ("operations?limit=0", 422),
     ("operations?limit=x", 422)],
)  # fmt: skip
def test_unknown_addresses_and_values_get_the_same_shape(
    program: MakeProgram, path: str, status: int
) -> None:
    answer = program("view", "install")("GET", path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"slug", "message", "hint", "context"}


HOSTILE = [
    (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
    (b'{"a":' * 3000 + b"1" + b"}" * 3000, "application/json", 400),
    (b'{"settings": {"Name": "' + b"x" * 300_000 + b'"}}', "application/json", 413),
    (b'{"settings": {"Name": "' + b"x" * 2_000_000 + b'"}}', "application/json", 413),
    (b'{"settings": {"Name": NaN}}', "application/json", 400),
    (b"{", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"null", "application/json", 422),
    (b'{"settings": []}', "application/json", 422),
    (b'{"settings": {"Name": "x"}, "more": 1}', "application/json", 422),
    (b"settings=1", "application/x-www-form-urlencoded", 415),
    (b'{"settings": {"Name": "x"}}', "text/plain", 415),
    (b"", "application/json", 422),
]


@pytest.mark.parametrize(("sent", "kind", "status"), HOSTILE)
def test_a_hostile_body_is_refused_and_changes_nothing(
    program: MakeProgram, sent: bytes, kind: str, status: int
) -> None:
    answer = program("settings")("PATCH", "settings", sent, content_type=kind)
    assert answer.status_code == status
    assert answer.json()["error"]["slug"]
    assert not PbxSetting.objects.exists()


def test_w01_a_session_needs_the_token_for_every_method_that_is_not_safe() -> None:
    module("ModuleX", wanted="on")
    client = browser(*Right)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("modules/ModuleX", "modules/ModuleX/disable", "settings", "nowhere"):
            answer = as_page(client, method, path, {}, token="b" * 32)
            assert answer.status_code == 403, (method, path)
            assert answer.json()["error"]["slug"] == "csrf-token-wrong"
    assert not Operation.objects.exists()


def test_a_stolen_cookie_alone_neither_installs_nor_removes(life: Life) -> None:
    module("ModuleX", wanted="on")
    client = browser(*Right)
    age_proof(client)
    for method, path in (
        ("DELETE", "modules/ModuleX"),
        ("POST", "modules/ModuleX/rollback"),
        ("POST", "modules/ModuleX/repair"),
        ("PATCH", "settings"),
    ):
        answer = as_page(client, method, path, {"settings": {"Name": "x"}})
        assert answer.status_code == 403, path
        assert answer.json()["error"]["slug"] == "password-needed"
    assert as_page(client, "POST", "modules/ModuleX/disable", {}).status_code == 202


@pytest.mark.parametrize("right", list(Right))
def test_w04_a_right_opens_over_rest_what_it_opens_on_pages(right: Right) -> None:
    client = browser(right)
    opened = {
        "modules": {Right.VIEW},
        "operations": {Right.VIEW},
        "openapi.json": {Right.VIEW},
        "packages": {Right.INSTALL},
        "settings": {Right.INSTALL},
        "me": set(Right),
    }
    for path, rights in opened.items():
        assert (client.get(f"/api/v1/{path}").status_code == 200) == (right in rights), path


def test_methods_cannot_be_confused(program: MakeProgram) -> None:
    module("ModuleX", wanted="on")
    ask = program("view", "operate")
    override = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
    assert ask("GET", "modules/ModuleX/disable", **override).status_code == 405
    assert ask("GET", "modules/ModuleX/disable?_method=POST").status_code == 405
    for method in ("PUT", "PATCH", "OPTIONS", "TRACE", "HEAD", "BREW"):
        answer = ask(method, "modules/ModuleX/disable")
        assert answer.status_code == 405 and answer.headers["Allow"] == "POST", method
    assert not Operation.objects.exists()


def test_no_other_site_is_allowed_to_read(program: MakeProgram) -> None:
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    ask = program("view")
    for method in ("GET", "OPTIONS"):
        headers = ask(method, "modules", **origin).headers
        assert not [name for name in headers if name.lower().startswith("access-control")]
        assert headers["Cache-Control"] == "no-store"


def test_operations_are_listed_and_cancelled(program: MakeProgram, life: Life) -> None:
    module("ModuleX", wanted="on")
    old = operation("ModuleX")
    ask = program("view", "operate")
    assert ask("GET", "operations?module=modulex").json()["operations"][0]["operation"] == old.pk
    assert ask("POST", f"operations/{old.pk}/cancel").status_code == 422
    number = ask("POST", "modules/ModuleX/disable").json()["operation"]
    assert ask("POST", f"operations/{number}/cancel").json()["outcome"] == "cancelled"
