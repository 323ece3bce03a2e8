"""The audit as people see and keep it."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from modules_app import audit
from modules_app.domain.operations import Outcome
from modules_app.models import AuditEvent, Operation, Upload
from modules_app.permissions import Actor, Right
from modules_app.services import signing_in
from modules_app.services.audit_export import harmless
from tests.pages import PASSWORD, Browser, administrator, module, operation, person, upload

BACKEND = "django.contrib.auth.backends.ModelBackend"
ANNA = Actor("anna", "web", frozenset(), "192.0.2.7", "abc123", 12)


@pytest.fixture(autouse=True)
def no_failures_of_before(db: None) -> None:
    cache.clear()


def event(target: str = "ModuleOne", **fields: Any) -> AuditEvent:
    values = {"actor": ANNA, "action": "module-enable", "outcome": "done", **fields}
    return audit.record(target=target, **values)


def lines(client: Client, query: str = "") -> str:
    html = client.get(f"/audit/{query}").content.decode()
    return html.partition("<tbody>")[2].partition("</tbody>")[0]


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/audit/audit.csv{query}")
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_an_event_says_who_from_where_and_how_long_after_the_password(admin_page: Client) -> None:
    event(reason="not-in-this-state", outcome="refused")
    html = lines(admin_page)
    for word in ("anna", "192.0.2.7", "abc123", "Password typed 12 s before", "module-enable",
                 "ModuleOne", "Refused", "not-in-this-state"):  # fmt: skip
        assert word in html


@pytest.mark.parametrize(
    "query",
    [
        "?actor=anna", "?target=moduleone", "?action=module-enable", "?outcome=denied",
        "?actor=anna&outcome=denied", "?since=2026-03-01&until=2026-03-01",
    ],
)  # fmt: skip
def test_every_filter_finds_its_event_and_no_other(admin_page: Client, query: str) -> None:
    wanted = event("ModuleOne", outcome="denied")
    other = event("ModuleTwo", actor=Actor.system(), action="module-remove")
    day = timezone.now().replace(year=2026, month=3, day=1)
    AuditEvent.objects.filter(pk=wanted.pk).update(at=day)
    AuditEvent.objects.filter(pk=other.pk).update(at=day + timedelta(days=1))
    html = lines(admin_page, query)
    assert "ModuleOne" in html and "ModuleTwo" not in html
    assert [row["target"] for row in exported(admin_page, query)] == ["ModuleOne"]


def test_a_wrong_day_is_marked_and_filters_nothing(admin_page: Client) -> None:
    event()
    response = admin_page.get("/audit/?since=yesterday")
    assert response.status_code == 422
    assert "ModuleOne" in response.content.decode()


def test_the_list_comes_in_pages_with_a_way_to_older_ones(admin_page: Client) -> None:
    for number in range(60):
        event(f"Module{number:02}")
    first = admin_page.get("/audit/?actor=anna").content.decode()
    assert "Module59" in first and "Module10" in first and "Module09" not in first
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    older = admin_page.get("/audit/" + link.replace("&amp;", "&")).content.decode()
    assert "Module09" in older and "Module10" not in older and "rel=\"next\"" not in older


def test_a_page_asks_the_database_the_same_whatever_its_length(admin_page: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin_page.get("/audit/").status_code == 200
        return len(queries)

    event(operation=operation())
    count()
    few = count()
    for _number in range(20):
        event(operation=operation())
    assert count() == few


def test_hostile_words_are_text_on_the_page_and_no_formula_in_the_file(admin_page: Client) -> None:
    for start in ("=", "+", "-", "@", "\t", "\r"):
        event(f"{start}cmd|' /C calc'!A0<script>", detail={"said": "=1+1"})
    assert "<script>" not in lines(admin_page)
    rows = exported(admin_page, "?actor=anna")
    assert len(rows) == 6
    for row in rows:
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_what_could_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


def test_the_json_export_is_one_document_with_every_event(admin_page: Client) -> None:
    event(operation=operation(), detail={"a": [1, "ü"]})
    response = admin_page.get("/audit/audit.json")
    assert response["Content-Disposition"] == 'attachment; filename="audit.json"'
    found = json.loads(b"".join(response.streaming_content))["events"]
    assert [one["action"] for one in found] == ["audit-export", "module-enable", "login"]
    assert found[1]["detail"] == {"a": [1, "ü"]}
    assert found[1]["operation"] == Operation.objects.get().pk


def test_long_exports_are_read_in_pieces(
    admin_page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules_app.selectors.audit._CHUNK", 7)
    for number in range(20):
        event(f"Module{number:02}")
    targets = [row["target"] for row in exported(admin_page, "?actor=anna")]
    assert targets == [f"Module{number:02}" for number in reversed(range(20))]


def test_an_export_is_audited_and_needs_the_right(client: Client) -> None:
    client.force_login(person(Right.VIEW, name="boris"), backend=BACKEND)
    for address in ("/audit/", "/audit/audit.csv", "/audit/audit.json"):
        assert client.get(address).status_code == 403
    denied = AuditEvent.objects.filter(outcome="denied")
    assert {one.action for one in denied} == {"page-audit", "page-audit-csv", "page-audit-json"}
    client.force_login(person(Right.INSTALL, name="carla"), backend=BACKEND)
    exported(client, "?outcome=done")
    told = AuditEvent.objects.get(action="audit-export")
    assert (told.actor, told.target, told.detail) == (
        "carla", "csv", {"filter": {"outcome": "done"}}
    )  # fmt: skip


def test_events_cannot_be_changed_in_the_raw_records(admin_page: Client) -> None:
    made = event()
    address = f"/admin/modules_app/auditevent/{made.pk}/"
    assert admin_page.post(f"{address}change/", {"actor": "nobody"}).status_code == 403
    assert admin_page.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"}
    admin_page.post("/admin/modules_app/auditevent/", form)
    assert AuditEvent.objects.get(pk=made.pk).actor == "anna"


# What is written


def only(action: str, outcome: str) -> AuditEvent:
    return AuditEvent.objects.get(action=action, outcome=outcome)


def test_each_attempt_leaves_one_row_whatever_became_of_it(admin_page: Client) -> None:
    module("ModuleOn", wanted="on")
    module("ModuleBusy")
    open_one = operation("ModuleBusy", outcome=Outcome.RUNNING)
    admin_page.post("/modules/ModuleOn/enable/")
    admin_page.post("/modules/ModuleBusy/enable/")
    admin_page.post("/modules/Nobody/enable/")
    rows = AuditEvent.objects.filter(action="module-enable").order_by("id")
    assert [(row.target, row.outcome, row.reason) for row in rows] == [
        ("ModuleOn", "refused", "not-in-this-state"),
        ("ModuleBusy", "busy", "module-busy"),
        ("Nobody", "refused", "module-not-found"),
    ]
    assert rows[1].detail["operation"] == open_one.pk
    assert {row.address for row in rows} == {"127.0.0.1"}


def test_a_denied_attempt_leaves_one_row(client: Client) -> None:
    module()
    client.force_login(person(Right.VIEW), backend=BACKEND)
    client.post("/modules/ModuleBlackList/remove/", {})
    event = only("page-module-remove", "denied")
    assert (event.actor, event.target, event.reason) == ("anna", "ModuleBlackList", "not-allowed")


def test_a_queued_operation_says_from_what_to_what(admin_page: Client) -> None:
    module()
    waiting = upload(version="1.3.0")
    admin_page.post(f"/uploads/{waiting.pk}/install/")
    queued = only("module-upgrade", "queued")
    assert (queued.from_version, queued.from_generation) == ("1.2.0", "g1")
    assert (queued.to_version, queued.package_sha256) == ("1.3.0", "c" * 64)
    assert queued.session == admin_page.session["session_name"]
    assert queued.proof_age is not None and queued.proof_age < 600


def test_logins_are_told_and_unknown_names_shortened(client: Client) -> None:
    administrator("olga")
    client.post("/login/", {"username": "olga", "password": "Canary1"})
    client.post("/login/", {"username": "Canary2", "password": "x"})
    client.post("/login/", {"username": "olga", "password": PASSWORD})
    rows = AuditEvent.objects.filter(action="login").order_by("id")
    assert [(row.actor, row.outcome, row.reason) for row in rows] == [
        ("olga", "failed", "wrong-password"),
        ("Ca…", "failed", "wrong-password"),
        ("olga", "done", ""),
    ]
    assert "Canary" not in str(list(rows.values()))


def test_a_lock_out_is_told(client: Client) -> None:
    administrator("olga")
    for _attempt in range(6):
        client.post("/login/", {"username": "olga", "password": "x"})
    reasons = AuditEvent.objects.order_by("id").values_list("reason", flat=True)
    assert list(reasons) == ["wrong-password"] * 5 + ["locked-out"]


def test_a_stranger_cannot_fill_the_disk_with_failed_logins(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator("olga")
    monkeypatch.setattr(signing_in, "FAILURES_PER_MINUTE", 3)
    monkeypatch.setattr(signing_in, "time", SimpleNamespace(time=lambda: 600.0))
    for number in range(8):
        client.post("/login/", {"username": f"name{number}", "password": "x"})
    assert AuditEvent.objects.count() == 3


def test_a_login_works_when_the_audit_cannot_be_written(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    administrator("olga")

    def full(**_fields: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(AuditEvent.objects, "create", full)
    form = {"username": "olga", "password": PASSWORD}
    assert client.post("/login/", form)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert "not in the audit (database or disk is full): login olga done" in caplog.text


def test_an_unknown_name_costs_as_much_as_a_known_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    administrator("olga")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    client.post("/login/", {"username": "olga", "password": "wrong"})
    known = len(hashed)
    client.post("/login/", {"username": "boris", "password": "wrong"})
    assert (known, len(hashed)) == (1, 2)


def test_settings_are_told_by_key_and_never_by_value(admin_page: Client) -> None:
    form = admin_page.get("/settings/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value is not False}
    admin_page.post("/settings/", {**values, "PBXLicense": "Canary-licence"})
    assert only("settings-change", "done").detail == {"keys": ["PBXLicense"]}
    assert "Canary" not in str(list(AuditEvent.objects.values()))


def test_a_refused_setting_is_told_without_its_value(admin_page: Client) -> None:
    values = {"key": "Canary-key\n", "value": "Canary-value"}
    admin_page.post("/admin/modules_app/pbxsetting/add/", values)
    assert "Canary-value" not in str(list(AuditEvent.objects.values()))


def test_an_uploaded_package_is_told_when_it_comes_and_goes(admin_page: Client) -> None:
    waiting = upload("ModuleNew")
    Upload.objects.update(file=f"{waiting.pk}.part")
    admin_page.post(f"/uploads/{waiting.pk}/discard/")
    gone = only("package-discard", "done")
    assert (gone.target, gone.package_sha256) == ("ModuleNew", "c" * 64)
    admin_page.post(f"/uploads/{waiting.pk}/discard/")
    assert only("page-upload-discard", "refused").reason == "upload-not-found"


def test_the_gate_before_the_first_byte_tells_whom_it_stopped(client: Client) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(person(Right.VIEW), backend=BACKEND)
    browser.get("/")  # without the cookie of the token nobody looks at the body
    head = b'Content-Disposition: form-data; name="package"; filename="x"'
    packed = b"--b\r\n" + head + b"\r\n\r\nPK\r\n--b--"
    response = browser.generic(
        "POST", "/modules/upload/", packed, "multipart/form-data; boundary=b"
    )
    assert response.status_code == 403
    assert only("package-upload", "denied").actor == "anna"
