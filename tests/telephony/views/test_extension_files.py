"""Extensions as a table: first a report, then the change, and the way back out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules_app.models import AuditEvent
from modules_app.permissions import Right
from telephony_app.models import Extension
from tests.pages import Browser, age_proof, person
from tests.telephony.views.conftest import BACKEND

pytestmark = pytest.mark.django_db

Make = Callable[..., Extension]
IMPORT = "/extensions/import/"


def table(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("phones.csv", "\n".join(lines).encode(), "text/csv")


def send(client: Client, *lines: str, **fields: str):
    return client.post(IMPORT, {"file": table(*lines), "update": "on", **fields})


def hidden(html: str) -> str:
    found = re.search(r'name="table" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_a_table_is_first_reported_and_then_stored(admin: Client, phone: Make) -> None:
    phone("201", name="Ann")
    response = send(admin, "number,name,email", "201,Anna,", "202,Böb,bob@example.com")
    html = response.content.decode()
    assert response.status_code == 200
    assert "1 new" in html and "1 changed" in html
    assert not Extension.objects.filter(number="202").exists()
    done = admin.post(IMPORT, {"table": hidden(html), "update": "on", "do": "1"})
    assert done["Location"] == "/extensions/"
    assert Extension.objects.get(number="202").name == "Böb"
    assert Extension.objects.get(number="201").name == "Anna"
    assert len(Extension.objects.get(number="202").sip.secret) == 24


def test_every_wrong_line_is_named_and_nothing_is_stored(admin: Client) -> None:
    response = send(admin, "number,email", "201,", "2 2,", "203,no mail", "201,")
    html = response.content.decode()
    assert response.status_code == 422
    for line in ("Line 3", "Line 4", "Line 5"):
        assert line in html
    assert 'name="do"' not in html
    assert not Extension.objects.filter(kind="phone").exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"table": "no base64"},
        {"table": "AAAA"},
        {"file": table("name", "Ann")},
        {"file": SimpleUploadedFile("x.csv", b"\0\0")},
    ],
)
def test_what_is_no_table_is_said_at_the_file(admin: Client, sent: dict[str, object]) -> None:
    response = admin.post(IMPORT, sent)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_only_who_may_change_telephony_sends_a_file(db: None) -> None:
    for right, expected in ((Right.INSTALL, 403), (Right.CHANGE_TELEPHONY, 200)):
        client = Browser()
        client.force_login(person(right, name=str(right)), backend=BACKEND)
        assert send(client, "number", "201").status_code == expected


def test_nobody_else_makes_the_server_read_a_file(db: None) -> None:
    client = Browser(enforce_csrf_checks=True)
    client.force_login(person(Right.INSTALL, name="anna"), backend=BACKEND)
    client.cookies["csrftoken"] = "a" * 32
    assert send(client, "number", "201").status_code == 403
    denied = AuditEvent.objects.get(action="extensions-import")
    assert (denied.actor, denied.outcome) == ("anna", "denied")


def test_a_download_has_passwords_only_when_asked_for(admin: Client, phone: Make) -> None:
    secret = phone("201").sip.secret
    phone("202", name="Bob")
    plain = b"".join(admin.get("/extensions/extensions.csv").streaming_content).decode()
    assert "201" in plain and secret not in plain
    full = b"".join(admin.get("/extensions/extensions.csv?secrets=1").streaming_content).decode()
    assert secret in full
    some = b"".join(admin.get("/extensions/extensions.csv?q=Bob").streaming_content).decode()
    assert "202" in some and "201" not in some


def test_what_was_downloaded_can_be_sent_back(admin: Client, phone: Make) -> None:
    phone("201", name="=Ann", codecs=["alaw"], forwarding="202")
    content = b"".join(admin.get("/extensions/extensions.csv?secrets=1").streaming_content)
    response = admin.post(IMPORT, {"file": SimpleUploadedFile("e.csv", content), "update": "on"})
    html = response.content.decode()
    assert response.status_code == 200, html
    assert "1 as it is" in html


def test_files_ask_for_the_password(admin: Client) -> None:
    age_proof(admin)
    for address in ("/extensions/extensions.csv", IMPORT):
        assert admin.get(address)["Location"].startswith("/confirm/")
