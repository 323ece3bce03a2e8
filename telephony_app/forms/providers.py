"""The form of one provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modules_app.forms.firewall import LinesField
from telephony_app.domain.records import PROVIDER
from telephony_app.domain.words import Registration
from telephony_app.forms.base import CodecsField, RecordForm, SecretField, code_area, plain_text
from telephony_app.forms.encryption import tell_what_lacks
from telephony_app.models import Provider
from telephony_app.models.base import choices


class ProviderForm(RecordForm):
    """A way to and from the world outside."""

    models = {
        Provider: (
            "description",
            "host",
            "username",
            "port",
            "transport",
            "outbound_proxy",
            "from_user",
            "from_domain",
            "disable_from_user",
            "dtmf_mode",
            "qualify",
            "qualify_frequency",
            "network_filter",
            "manual_attributes",
            "disabled",
            "note",
        )
    }
    checks = PROVIDER
    opened = ("description", "registration", "host", "username", "secret")
    folded = (
        (_("Connection"), ("port", "transport", "outbound_proxy", "additional_hosts")),
        (_("Calls to the provider"), ("from_user", "from_domain", "disable_from_user")),
        (_("Voice"), ("dtmf_mode", "codecs")),
        (_("Does it answer?"), ("qualify", "qualify_frequency")),
        (_("More"), ("network_filter", "disabled", "manual_attributes", "note")),
    )
    labels = {
        "description": _("Name"),
        "host": _("Host"),
        "username": _("User name"),
        "port": _("Port"),
        "transport": _("Transport"),
        "outbound_proxy": _("Outbound proxy"),
        "from_user": _("User in From"),
        "from_domain": _("Domain in From"),
        "disable_from_user": _("No user in From"),
        "dtmf_mode": _("Pressed keys"),
        "qualify": _("Ask regularly whether it answers"),
        "qualify_frequency": _("Ask every, seconds"),
        "network_filter": _("May register from"),
        "manual_attributes": _("Own lines for pjsip.conf"),
        "disabled": _("Switched off: no calls in or out"),
        "note": _("Note"),
    }
    helps = {
        "description": _("What you call it, for example “City line”."),
        "host": _("The server of the provider, such as sip.example.com."),
        "username": _("The login that the provider gave you."),
        "from_user": _("Left empty, it is the user name."),
        "from_domain": _("Left empty, it is the host."),
        "manual_attributes": _("For example: [endpoint], and below it rtp_timeout = 30."),
    }
    widgets = {
        "host": plain_text(autocapitalize="none"),
        "username": plain_text(autocapitalize="none"),
        "outbound_proxy": plain_text(),
        "from_user": plain_text(),
        "from_domain": plain_text(),
        "manual_attributes": code_area(),
        "note": forms.Textarea(attrs={"rows": 2}),
    }
    page = "Providers"
    open_block = "Fields"
    folded_block = "AdvancedFields"

    registration = forms.ChoiceField(
        label=_("Who registers"), widget=forms.RadioSelect, choices=choices(Registration)
    )
    secret = SecretField(
        label=_("Password at the provider"),
        help_text=_("As the provider gave it to you; for one that registers here, as you like."),
    )
    additional_hosts = LinesField(
        label=_("Further hosts"),
        required=False,
        help_text=_("Addresses from which it also sends calls, one on each line."),
    )
    codecs = CodecsField()

    def __init__(self, *args: Any, codecs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codecs"].offer(codecs, self.initial.get("codecs") or ())  # type: ignore[attr-defined]
        self.fields["network_filter"].empty_label = _("anywhere")  # type: ignore[attr-defined]
        tell_what_lacks(self.fields)
