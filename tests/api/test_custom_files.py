"""The administrator's own parts of generated files over REST."""

from __future__ import annotations

import pytest
from django.test import Client

from modules_app.models import CustomFile, SurfaceState
from modules_app.permissions import Right
from tests.api.conftest import MakeProgram
from tests.pages import age_proof, person

PATH = "asterisk/extensions.conf"
TEXT = {"mode": "append", "text": "[mine]\nexten => 99,1,Answer()\n"}


@pytest.fixture(autouse=True)
def generated(ready: None) -> None:
    file = {"path": PATH, "text": "", "blocks": [], "sha256": ""}
    SurfaceState.objects.update_or_create(name="asterisk", defaults={"files": [file]})


def test_a_text_is_stored_shown_listed_changed_and_deleted(program: MakeProgram) -> None:
    ask = program("install")
    assert ask("GET", f"custom-files/{PATH}").status_code == 404
    stored = ask("PUT", f"custom-files/{PATH}", TEXT)
    assert stored.status_code == 200, stored.content
    assert stored.json().items() >= {**TEXT, "path": PATH}.items()
    assert ask("GET", f"custom-files/{PATH}").json() == stored.json()
    assert ask("GET", "custom-files").json() == {"custom_files": [stored.json()]}
    again = ask("PUT", f"custom-files/{PATH}", {**TEXT, "mode": "override"}).json()
    assert again["mode"] == "override" and CustomFile.objects.get().mode == "override"
    assert ask("DELETE", f"custom-files/{PATH}").status_code == 204
    assert ask("DELETE", f"custom-files/{PATH}").status_code == 404
    assert SurfaceState.objects.get(name="asterisk").asked


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("asterisk/nothing.conf", TEXT, 404),
        ("../etc/passwd", TEXT, 404),
        (PATH, {"mode": "script", "text": "x"}, 422),
        (PATH, {"mode": "append"}, 422),
        (PATH, {"mode": "append", "text": "a\x00b"}, 422),
        (PATH, {"mode": "append", "text": "x" * 300_000}, 413),
    ],
)
def test_what_no_file_can_hold_is_refused(
    program: MakeProgram, path: str, sent: object, status: int
) -> None:
    assert program("install")("PUT", f"custom-files/{path}", sent).status_code == status
    assert not CustomFile.objects.exists()


def test_only_who_may_install_sees_and_writes_them(program: MakeProgram) -> None:
    ask = program("view", "operate", "settings", "view_telephony", "change_telephony")
    assert ask("GET", "custom-files").status_code == 403
    assert ask("GET", f"custom-files/{PATH}").status_code == 403
    assert ask("PUT", f"custom-files/{PATH}", TEXT).status_code == 403
    assert ask("DELETE", f"custom-files/{PATH}").status_code == 403


def test_a_session_needs_a_fresh_password_to_write_one() -> None:
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(person(Right.VIEW, Right.INSTALL), backend=backend)
    age_proof(client)
    answer = client.put(f"/api/v1/custom-files/{PATH}", TEXT, content_type="application/json")
    assert answer.json()["error"]["slug"] == "password-needed"
