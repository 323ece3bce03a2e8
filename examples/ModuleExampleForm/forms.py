"""What a person may enter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy

from modules_app.sdk import translate

from .models import FormSettings, Protocol

text = lazy(translate, str)
PREFIX = "module_example_form_"


class SettingsForm(forms.ModelForm):
    """All settings; an empty password leaves the stored one as it is."""

    name = forms.CharField(label=text(f"{PREFIX}Name"), max_length=64)
    notes = forms.CharField(
        label=text(f"{PREFIX}Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    address = forms.CharField(
        label=text(f"{PREFIX}Address"),
        help_text=text(f"{PREFIX}AddressHelp"),
        max_length=200,
        required=False,
    )
    protocol = forms.ChoiceField(label=text(f"{PREFIX}Protocol"), choices=Protocol.choices)
    port = forms.IntegerField(label=text(f"{PREFIX}Port"), min_value=1, max_value=65535)
    password = forms.CharField(
        label=text(f"{PREFIX}Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    active = forms.BooleanField(label=text(f"{PREFIX}Active"), required=False)

    class Meta:
        model = FormSettings
        fields = ["name", "notes", "address", "protocol", "port", "password", "active"]

    def clean_password(self) -> str:
        """Keep the stored password when none was typed; it is never sent to the browser."""
        return self.cleaned_data["password"] or FormSettings.current().password

    def clean(self) -> dict[str, Any]:
        """Ask for an address before the module is made active."""
        values = super().clean() or {}
        if values.get("active") and not values.get("address"):
            self.add_error("address", translate(f"{PREFIX}AddressNeeded"))
        return values
