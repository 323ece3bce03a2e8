"""What a new API key is called, what it may do, from where, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.domain.api_keys import MODULE_SCOPE, Scope


def scope_label(scope: str) -> str:
    """Return a scope in words."""
    if scope.startswith(MODULE_SCOPE):
        return gettext("Use the REST of %(module)s") % {"module": scope[len(MODULE_SCOPE) :]}
    words = {
        Scope.VIEW: gettext("Look at modules, operations and the REST document"),
        Scope.OPERATE: gettext("Enable, disable and check modules, cancel operations"),
        Scope.INSTALL: gettext("Upload and install packages, repair, return to a version"),
        Scope.REMOVE: gettext("Remove modules, also with their data"),
        Scope.SETTINGS: gettext("Read and change settings"),
        Scope.VIEW_TELEPHONY: gettext("Look at extensions, providers and routes"),
        Scope.CHANGE_TELEPHONY: gettext("Change extensions, providers and routes"),
    }
    return words[Scope(scope)]


class ApiKeyForm(forms.Form):
    """The fields of a new key; ``scopes`` offers only what its maker may give away."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("After the program that will use it. The audit calls it by this name."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One address or network in each line, as 192.0.2.0/24. Empty: from anywhere."),
    )
    days = forms.ChoiceField(label=_("It ends"), required=False, initial="90")

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope, scope_label(scope)) for scope in offered]
        days: Any = self.fields["days"]
        days.choices = [
            ("90", gettext("in 90 days")),
            ("30", gettext("in 30 days")),
            ("365", gettext("in a year")),
            ("", gettext("when it is revoked")),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the values as `create_key` takes them."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "scopes": cleaned["scopes"],
            "networks": cleaned["networks"].split(),
            "days": int(cleaned["days"]) if cleaned["days"] else None,
        }
