"""Forms and the doctor say why TLS and WebRTC would not work here."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.models import PbxSetting
from telephony_app.forms.encryption import NO_CERTIFICATE, NO_WEBRTC
from telephony_app.selectors.checks import telephony_checks

pytestmark = pytest.mark.django_db


def with_certificate(settings: Settings) -> None:
    settings.PBX_ASTERISK_CERTIFICATE = "/etc/ssl/pbx.pem"
    settings.PBX_ASTERISK_PRIVATE_KEY = "/etc/ssl/private/pbx.key"


def test_without_a_certificate_the_forms_say_that_one_is_needed(admin: Client) -> None:
    assert admin.get("/extensions/new/").content.decode().count(str(NO_CERTIFICATE)) == 2
    assert str(NO_CERTIFICATE) in admin.get("/providers/new/").content.decode()


def test_with_one_they_say_only_that_webrtc_is_off(admin: Client, settings: Settings) -> None:
    with_certificate(settings)
    html = admin.get("/extensions/new/").content.decode()
    assert str(NO_WEBRTC) in html and str(NO_CERTIFICATE) not in html
    PbxSetting.objects.update_or_create(key="UseWebRTC", defaults={"value": "1"})
    assert str(NO_WEBRTC) not in admin.get("/extensions/new/").content.decode()


def test_the_doctor_finds_a_certificate_without_its_key(settings: Settings) -> None:
    def found() -> tuple[bool, str]:
        return next(
            (one["ok"], one["found"]) for one in telephony_checks() if "certificate" in one["name"]
        )

    assert found()[0]
    with_certificate(settings)
    assert found() == (True, "/etc/ssl/pbx.pem")
    settings.PBX_ASTERISK_PRIVATE_KEY = ""
    assert found() == (False, "PBX_ASTERISK_PRIVATE_KEY is not set")
