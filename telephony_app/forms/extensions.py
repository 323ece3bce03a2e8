"""The form of one phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.records import EXTENSION, SIP_ACCOUNT
from telephony_app.forms.base import CodecsField, RecordForm, SecretField, code_area, plain_text
from telephony_app.forms.encryption import tell_what_lacks
from telephony_app.models import Extension, SipAccount

_PHONE = {"inputmode": "tel"}


class ExtensionForm(RecordForm):
    """A number with its phone."""

    models = {
        Extension: ("number", "name", "email", "show_in_phonebook"),
        SipAccount: (
            "mobile",
            "ring_length",
            "forwarding",
            "forwarding_on_busy",
            "forwarding_on_unavailable",
            "transport",
            "dtmf_mode",
            "webrtc",
            "network_filter",
            "enable_recording",
            "disabled",
            "manual_attributes",
        ),
    }
    checks = {**EXTENSION, **SIP_ACCOUNT}
    opened = ("number", "name", "secret", "email", "mobile")
    folded = (
        (
            _("Ringing and forwarding"),
            ("ring_length", "forwarding", "forwarding_on_busy", "forwarding_on_unavailable"),
        ),
        (_("Phone"), ("transport", "dtmf_mode", "network_filter", "webrtc", "codecs")),
        (_("More"), ("enable_recording", "show_in_phonebook", "disabled", "manual_attributes")),
    )
    labels = {
        "number": _("Number"),
        "name": _("Name"),
        "email": _("E-mail"),
        "mobile": _("Mobile number"),
        "ring_length": _("Rings, seconds"),
        "forwarding": _("When nobody answers, call"),
        "forwarding_on_busy": _("When busy, call"),
        "forwarding_on_unavailable": _("When the phone is off, call"),
        "transport": _("Transport"),
        "dtmf_mode": _("Pressed keys"),
        "network_filter": _("May register from"),
        "webrtc": _("Also as WebRTC, in a browser"),
        "enable_recording": _("Calls are recorded"),
        "show_in_phonebook": _("Stands in the phone book"),
        "disabled": _("Switched off: this phone cannot register"),
        "manual_attributes": _("Own lines for pjsip.conf"),
    }
    helps = {
        "number": _("What is dialled to reach it, for example 201."),
        "name": _("What others see when it calls."),
        "mobile": _("Calls from this number count as calls of this extension."),
        "ring_length": _("0 rings until the caller hangs up, or for ten minutes."),
        "network_filter": _("Networks are made on the page “Firewall”."),
        "manual_attributes": _("For example: [endpoint], and below it rtp_timeout = 30."),
    }
    widgets = {
        "number": plain_text(inputmode="tel"),
        "name": forms.TextInput(attrs={"autocomplete": "off"}),
        "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        "mobile": plain_text(**_PHONE),
        "forwarding": plain_text(**_PHONE),
        "forwarding_on_busy": plain_text(**_PHONE),
        "forwarding_on_unavailable": plain_text(**_PHONE),
        "manual_attributes": code_area(),
    }
    page = "Extensions"
    top_block = "TabularMenu"
    open_block = "GeneralTabFields"
    folded_block = "GeneralTabAdvancedFields"
    last_block = "AdditionalTab"

    secret = SecretField(label=_("Password of the phone"))
    codecs = CodecsField()

    def __init__(self, *args: Any, codecs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codecs"].offer(codecs, self.initial.get("codecs") or ())  # type: ignore[attr-defined]
        self.fields["network_filter"].empty_label = _("anywhere")  # type: ignore[attr-defined]
        tell_what_lacks(self.fields)
