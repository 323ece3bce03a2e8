"""What guards the edges of web: headers, first run, idle time, the upload gate, assets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client
from django.urls import get_resolver

from modules_app.exceptions import NotFound
from modules_app.models import Module
from modules_app.packages.records import FileRecord, record_of
from modules_app.services.users import create_first_user, setup_code
from tests.proxy.stub import MODULE

PASSWORD = "correct horse battery"

# Security headers (W02, W24)


@pytest.mark.parametrize(
    "path",
    ["/", "/login/", "/nowhere", "/healthz", "/m/ModuleNone/", "/assets/a/b/c.js", "/admin/"],
)
def test_w02_every_answer_carries_the_security_headers(browser: Client, path: str) -> None:
    response = browser.get(path)

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy and "nonce" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    if response["Content-Type"].startswith("text/html"):
        assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "host_name"),
    [
        ("/", 400, "evil.example"),
        ("/nowhere", 404, "testserver"),
        ("/settings/", 405, "testserver"),
    ],
)
def test_w02_errors_carry_them_too(browser: Client, path: str, status: int, host_name: str) -> None:
    method = "delete" if status == 405 else "get"
    response = getattr(browser, method)(
        path, headers={"host": host_name, "Origin": "http://testserver"}
    )

    assert response.status_code in (status, 403)
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_failing_view_answers_with_a_plain_page_and_the_headers(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("modules_app.views.proxy.find_target", fail)
    browser.raise_request_exception = False
    response = browser.get(f"/m/{MODULE}/")

    assert response.status_code == 500
    assert b"secret detail" not in response.content
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_w01_only_what_goes_to_the_host_is_without_a_token_check() -> None:
    exempt = {
        pattern.name
        for pattern in get_resolver("modules_app.urls").url_patterns
        if getattr(pattern.callback, "csrf_exempt", False)
    }

    assert exempt == {"module_proxy", "popover", "module_api", "module_api_v1"}


# First run (R6.5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/", "/login/", "/modules/", "/admin/", "/m/x/", "/api/m/x/y"])
def test_without_users_everything_asks_for_the_setup(data_dir: Path, path: str) -> None:
    assert Client().get(path).status_code == 503
    assert Client().post(path).status_code in (403, 503)


@pytest.mark.django_db(transaction=True)
def test_without_users_health_and_setup_are_open(data_dir: Path) -> None:
    assert Client().get("/healthz").json() == {"ok": True}
    assert Client().get(f"/setup/{setup_code()}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_setup_code_is_long_private_and_survives_a_restart(data_dir: Path) -> None:
    code = setup_code()

    assert len(code) >= 32 and setup_code() == code
    assert (data_dir / "run" / "setup.code").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_the_setup_code_works_once(data_dir: Path) -> None:
    code = setup_code()
    user = create_first_user(code=code, username="admin", password=PASSWORD)

    assert user.check_password(PASSWORD)
    assert setup_code() == "" and not (data_dir / "run" / "setup.code").exists()
    with pytest.raises(NotFound):
        create_first_user(code=code, username="second", password=PASSWORD)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["", "wrong", "ключ"])
def test_a_wrong_code_makes_nobody(data_dir: Path, code: str) -> None:
    setup_code()
    with pytest.raises(NotFound):
        create_first_user(code=code, username="admin", password=PASSWORD)

    assert not get_user_model().objects.exists()


# Idle time


def test_after_the_idle_time_a_person_must_log_in_again(browser: Client, settings) -> None:  # type: ignore[no-untyped-def]
    assert browser.get("/").status_code == 200
    session = browser.session
    session["seen_at"] -= settings.PBX_IDLE_SECONDS + 1
    session.save()
    response = browser.get("/")

    assert response.status_code == 302 and response["Location"].startswith("/login/")


def test_a_clock_that_was_set_back_does_not_keep_a_session_for_ever(
    browser: Client, settings
) -> None:  # type: ignore[no-untyped-def]
    browser.get("/")
    session = browser.session
    session["seen_at"] += settings.PBX_IDLE_SECONDS + 100
    session.save()

    assert browser.get("/").status_code == 302


def test_a_person_who_does_something_stays(browser: Client, settings) -> None:  # type: ignore[no-untyped-def]
    browser.get("/")
    session = browser.session
    session["seen_at"] -= settings.PBX_IDLE_SECONDS - 5
    session.save()

    assert browser.get("/").status_code == 200
    assert browser.get("/").status_code == 200


# The upload gate (R0.3, W18)


@pytest.fixture
def spool(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:  # type: ignore[no-untyped-def]
    """Names of the upload files that were opened for writing."""
    from django.core.files import uploadhandler

    opened: list[str] = []
    original = uploadhandler.TemporaryFileUploadHandler.new_file

    def new_file(self: object, *arguments: object, **more: object) -> None:
        opened.append(str(arguments))
        original(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", new_file)
    return opened


def upload(client: Client, path: str = "/modules/upload/", size: int = 2048) -> int:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.cookies["csrftoken"] = "a" * 32
    file = SimpleUploadedFile("a.zip", b"z" * size)
    form = {"package": file, "csrfmiddlewaretoken": "a" * 32}
    return int(client.post(path, form, headers={"Origin": "http://testserver"}).status_code)


def test_w18_a_stranger_with_an_invented_token_is_refused_before_the_first_byte(
    admin: AbstractUser, spool: list[str]
) -> None:
    assert upload(Client(enforce_csrf_checks=True)) == 403
    assert spool == []


def test_w18_a_person_without_the_right_to_install_is_refused_too(
    admin: AbstractUser, spool: list[str]
) -> None:
    user = get_user_model().objects.create_user("operator", password="x")
    user.user_permissions.add(Permission.objects.get(codename="operate_module"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    assert upload(client) == 403
    assert spool == []


@pytest.mark.parametrize("path", ["/", "/login/", "/settings/", "/admin/login/", "/nowhere"])
def test_w18_no_other_address_takes_files(browser: Client, spool: list[str], path: str) -> None:
    assert upload(browser, path) in (403, 404)
    assert spool == []


def test_w18_more_than_a_package_may_weigh_is_refused_by_its_length(
    browser: Client, spool: list[str], settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_ARCHIVE_LIMITS = {**settings.PBX_ARCHIVE_LIMITS, "packed_bytes": 10}

    assert upload(browser, size=200_000) == 413
    assert spool == []


def test_a_person_who_may_install_gets_through_the_gate(browser: Client, spool: list[str]) -> None:
    upload(browser)

    assert len(spool) == 1


# Assets (W14-W16)

FILES = {
    "public/assets/js/app.js": b"'use strict';",
    "public/assets/css/a.css": b"a{}",
    "public/assets/img/logo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "public/assets/page.html": b"<script>alert(1)</script>",
    "public/assets/run.php": b"<?php",
    "public/assets/noextension": b"x",
    "main.py": b"secret = 1",
    "module.json": b"{}",
}


@pytest.fixture
def installed(data_dir: Path, module: Module) -> str:
    """The files of the module in the store; returns the start of its asset addresses."""
    from modules_app.views import assets

    assets._record.cache_clear()
    root = data_dir / "store" / MODULE / module.generation
    for name, content in FILES.items():
        path = root / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "code" / "public/assets/js/unrecorded.js").write_text("added later")
    files = {
        name: FileRecord(hashlib.sha256(content).hexdigest(), len(content))
        for name, content in FILES.items()
    }
    record, data = record_of(files)
    (root / "record.json").write_bytes(data)
    Module.objects.update(digest=record.digest)
    return f"/assets/{MODULE}/{record.digest[:12]}/"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("js/app.js", "text/javascript; charset=utf-8"),
        ("css/a.css", "text/css; charset=utf-8"),
        ("img/logo.svg", "image/svg+xml"),
    ],
)
def test_a_recorded_public_file_is_served_for_ever(
    installed: str, browser: Client, name: str, content_type: str
) -> None:
    response = browser.get(installed + name)

    assert b"".join(response.streaming_content) == FILES[f"public/assets/{name}"]  # type: ignore[attr-defined]
    assert response["Content-Type"] == content_type
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    "name",
    [
        "page.html", "run.php", "noextension", "js/unrecorded.js", "js/", "", "js",
        "../../main.py", "..%2f..%2fmain.py", "%2e%2e/%2e%2e/main.py", "..%5c..%5cmain.py",
        "%252e%252e/main.py", "js/app.js%00", "js//app.js", "./js/app.js", "/etc/passwd",
        "js/../js/app.js", "JS/app.js",
    ],
)  # fmt: skip
def test_w14_w15_nothing_else_can_be_fetched(installed: str, browser: Client, name: str) -> None:
    assert browser.get(installed + name).status_code == 404


def test_w16_another_generation_is_not_found(installed: str, browser: Client) -> None:
    assert browser.get(f"/assets/{MODULE}/{'0' * 12}/js/app.js").status_code == 404
    assert browser.get(installed[:-3] + "/js/app.js").status_code == 404


@pytest.mark.parametrize("change", [{"wanted": "off"}, {"fault": "paused"}])
def test_w16_files_of_a_module_that_is_not_loaded_are_not_found(
    installed: str, browser: Client, change: dict[str, str]
) -> None:
    Module.objects.update(**change)

    assert browser.get(installed + "js/app.js").status_code == 404


def test_a_file_that_became_a_link_is_not_followed(
    installed: str, browser: Client, data_dir: Path
) -> None:
    path = next(data_dir.glob("store/*/*/code/public/assets/js/app.js"))
    path.unlink()
    path.symlink_to("/etc/passwd")

    assert browser.get(installed + "js/app.js").status_code == 404


def test_a_stranger_gets_no_assets(installed: str, admin: AbstractUser) -> None:
    assert Client().get(installed + "js/app.js").status_code == 302
