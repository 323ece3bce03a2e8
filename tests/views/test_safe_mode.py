"""The safe-mode page, the banner on every page, and what modules' addresses answer meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.bridge.safe_mode import SafeMode, SafeModeFile, Why
from modules_app.bridge.strikes import Strike, Strikes
from modules_app.models import AuditEvent, Module, Operation, PbxSetting
from modules_app.permissions import Right
from modules_app.selectors.safe_mode import safe_mode
from tests.pages import administrator, age_proof, menu_item, module, person

CANARY = "CANARY-7f3a91"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    for folder in ("run/sessions", "log", "uploads"):
        (tmp_path / folder).mkdir(parents=True)
    settings.PBX_DATA_DIR = tmp_path
    return tmp_path


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_the_page_switches_safe_mode_on_and_off(admin_page: Client) -> None:
    module("ModuleOne", wanted="on")
    assert "Safe mode is off" in text(admin_page, "/safe-mode/")
    admin_page.post("/safe-mode/on/", {"reason": "calls drop"})

    found = safe_mode()
    assert found is not None
    assert (found.why, found.actor, found.reason) == (Why.PERSON, "root", "calls drop")
    assert "does not run until it ends" in text(admin_page, "/modules/ModuleOne/")
    for address in ("/", "/modules/", "/operations/", "/settings/", "/admin/", "/safe-mode/"):
        shown = text(admin_page, address)
        assert "Safe mode is on." in shown, address
        assert "root switched it on" in shown and "calls drop" in shown
        assert 'href="/safe-mode/"' in shown
    admin_page.post("/safe-mode/off/")
    assert safe_mode() is None
    assert "Safe mode is on." not in text(admin_page, "/")
    events = AuditEvent.objects.filter(action__startswith="safe-mode").order_by("id")
    assert list(events.values_list("action", "actor")) == [
        ("safe-mode-on", "root"),
        ("safe-mode-off", "root"),
    ]


def test_an_empty_file_made_by_hand_counts(admin_page: Client, data_dir: Path) -> None:
    (data_dir / "safe-mode").touch()
    assert "Somebody put the file" in text(admin_page, "/")
    admin_page.post("/safe-mode/off/")
    assert not (data_dir / "safe-mode").exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"why": "other"}', "hello", "0"])
def test_a_file_that_says_nothing_sensible_counts(
    admin_page: Client, data_dir: Path, content: str
) -> None:
    (data_dir / "safe-mode").write_text(content)
    assert "Safe mode is on." in text(admin_page, "/")


def test_leaving_asks_no_module_and_works_with_broken_ones(admin_page: Client) -> None:
    """Home Assistant cannot leave its safe mode because of such a check (reference R1.2)."""
    module("ModuleBroken", wanted="on", generation="gone", facts={})
    admin_page.post("/safe-mode/on/")
    assert admin_page.post("/safe-mode/off/").status_code == 302
    assert safe_mode() is None


def test_safe_mode_needs_the_right_and_a_fresh_password(client: Client, admin_page: Client) -> None:
    client.logout()
    client.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    for verb in ("on", "off", "try", "stop", "search"):
        assert client.post(f"/safe-mode/{verb}/").status_code == 403
    assert client.get("/safe-mode/report/").status_code == 403
    assert "Switch safe mode on" not in text(client, "/safe-mode/")
    client.logout()
    client.force_login(administrator("boss"), backend="django.contrib.auth.backends.ModelBackend")
    age_proof(client)
    assert client.post("/safe-mode/on/")["Location"].startswith("/confirm/")
    assert safe_mode() is None


def test_a_module_answers_503_with_an_explanation_and_leaves_the_sidebar(
    admin_page: Client,
) -> None:
    menu_item(module("ModuleOne", wanted="on"))
    assert 'href="/m/ModuleOne/"' in text(admin_page, "/operations/")
    admin_page.post("/safe-mode/on/")

    answer = admin_page.get("/m/ModuleOne/")
    assert answer.status_code == 503
    assert "Safe mode is on" in answer.content.decode()
    assert 'href="/m/ModuleOne/"' not in text(admin_page, "/operations/")
    rest = admin_page.get("/api/m/ModuleOne/x", headers={"Accept": "application/json"})
    assert rest.status_code == 503
    assert "safe mode" in rest.json()["error"]["message"]


def test_disabling_in_safe_mode_asks_no_module(admin_page: Client) -> None:
    module("ModuleOne", wanted="on")
    admin_page.post("/safe-mode/on/")
    admin_page.post("/modules/ModuleOne/disable/")
    assert Operation.objects.get().options["force"] is True


def test_one_module_is_tried_and_the_trial_stopped(admin_page: Client, data_dir: Path) -> None:
    module("ModuleOne", wanted="on")
    module("ModuleTwo", wanted="on")
    strikes = Strikes(data_dir / "run")
    strikes.charge("ModuleOne", "g1", Strike(1, "request", "signal SIGSEGV"))
    admin_page.post("/safe-mode/on/")
    assert "1 crash" in text(admin_page, "/safe-mode/")
    admin_page.post("/safe-mode/try/", {"module": "ModuleOne"})

    found = safe_mode()
    assert found is not None and found.running == ("ModuleOne",)
    assert strikes.read() == {}
    assert "Only 1 module runs, on trial." in text(admin_page, "/")
    assert admin_page.get("/m/ModuleTwo/").status_code == 503
    admin_page.post("/safe-mode/stop/")
    assert safe_mode().running == ()  # type: ignore[union-attr]


def test_trying_all_would_end_safe_mode(admin_page: Client) -> None:
    module("ModuleOne", wanted="on")
    admin_page.post("/safe-mode/on/")
    admin_page.post("/safe-mode/try/")
    found = safe_mode()
    assert found is not None and found.trial is not None
    assert found.trial.leave


def test_the_search_by_halves_names_the_module_and_offers_to_disable_it(
    admin_page: Client,
) -> None:
    for number in range(5):
        module(f"Module{number}", wanted="on")
    admin_page.post("/safe-mode/on/")
    admin_page.post("/safe-mode/search/")
    for _round in range(10):
        found = safe_mode()
        assert found is not None and found.search is not None
        if found.search.ended:
            break
        assert "Find the faulty module by halves" in text(admin_page, "/safe-mode/")
        fault = "yes" if "Module3" in found.running else "no"
        admin_page.post("/safe-mode/search/", {"fault": fault, "running": found.running})
    assert found.search.culprit == "Module3"
    shown = text(admin_page, "/safe-mode/")
    assert "The fault comes with “Title of Module3”." in shown
    assert 'formaction="/modules/Module3/disable/"' in shown


def test_the_search_goes_on_without_a_module_that_was_disabled_meanwhile(
    admin_page: Client,
) -> None:
    for number in range(4):
        module(f"Module{number}", wanted="on")
    admin_page.post("/safe-mode/on/")
    admin_page.post("/safe-mode/search/")
    Module.objects.filter(pk="Module2").update(wanted="off")
    running = safe_mode().running  # type: ignore[union-attr]
    admin_page.post("/safe-mode/search/", {"fault": "no", "running": running})
    assert safe_mode().running == ("Module3",)  # type: ignore[union-attr]


def test_an_answer_from_an_old_page_is_refused(admin_page: Client) -> None:
    for number in range(4):
        module(f"Module{number}", wanted="on")
    admin_page.post("/safe-mode/on/")
    admin_page.post("/safe-mode/search/")
    old = safe_mode().running  # type: ignore[union-attr]
    admin_page.post("/safe-mode/search/", {"fault": "no", "running": old})
    answer = admin_page.post("/safe-mode/search/", {"fault": "no", "running": old})
    assert answer.status_code == 409 or answer.status_code == 422
    assert "moved on" in answer.content.decode()


def test_the_banner_names_the_suspect_after_bad_starts(admin_page: Client, data_dir: Path) -> None:
    SafeModeFile(data_dir).turn_on(
        SafeMode(
            Why.BAD_STARTS, "host", "2026-05-01T10:00:00+00:00", bad_starts=3, suspect="ModuleX"
        )
    )
    shown = text(admin_page, "/")
    assert "after 3 bad starts in a row" in shown
    assert "Suspected: ModuleX." in shown


@pytest.mark.parametrize("kind", ["", "?format=json"])
def test_the_report_holds_facts_and_no_secret(
    admin_page: Client, data_dir: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module("ModuleOne", wanted="on", reason_text=f"token={CANARY}")
    PbxSetting.objects.create(key="PBXLicense", value=f"{CANARY}-license")
    monkeypatch.setenv("SOME_API_TOKEN", f"{CANARY}-env")
    (data_dir / "secret.key").write_text(f"{CANARY}-key")
    (data_dir / "run" / "statement.key").write_text(f"{CANARY}-statement")
    (data_dir / "run" / "sessions" / f"sid{CANARY}").touch()
    lines = [
        "INFO all is well",
        f"GET /x Cookie: sid={CANARY}",
        f"password={CANARY} secret: {CANARY}",
        f"a plain {CANARY}-license, {CANARY}-env, {CANARY}-key, sid{CANARY}, {CANARY}-statement",
        f"first run: /setup/{CANARY}/",
    ]
    (data_dir / "log" / "host.log").write_text("\n".join(lines))
    answer = admin_page.get(f"/safe-mode/report/{kind}")

    found = answer.content.decode()
    assert CANARY not in found
    assert "ModuleOne" in found and "INFO all is well" in found and "a" * 64 in found
    assert answer["Content-Disposition"].startswith("attachment")
    if kind:
        assert json.loads(found)["modules"][0]["id"] == "ModuleOne"
