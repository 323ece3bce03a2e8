"""What a form says where encryption is chosen and this installation cannot offer it."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from modules_app.selectors.settings import read_setting

NO_CERTIFICATE = _(
    "TLS and WebRTC need a certificate, and none is set up: PBX_ASTERISK_CERTIFICATE, "
    "PBX_ASTERISK_PRIVATE_KEY."
)
NO_WEBRTC = _("WebRTC is switched off in the settings of the telephone system.")


def tell_what_lacks(fields: Mapping[str, forms.Field]) -> None:
    """Say below transport and WebRTC why they would not work; nothing where they do."""
    has_certificate = settings.PBX_ASTERISK_CERTIFICATE and settings.PBX_ASTERISK_PRIVATE_KEY
    if not has_certificate:
        for name in ("transport", "webrtc"):
            if name in fields:
                fields[name].help_text = NO_CERTIFICATE
    elif "webrtc" in fields and read_setting("UseWebRTC") != "1":
        fields["webrtc"].help_text = NO_WEBRTC
