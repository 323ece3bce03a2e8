"""The forms of accounts for programs: AMI and ARI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modules_app.forms.firewall import LinesField
from telephony_app.domain.records import ARI_USER, MANAGER_USER
from telephony_app.forms.base import RecordForm, SecretField, code_area, plain_text
from telephony_app.models import AriUser, ManagerUser

_LEVELS = (
    ("", _("nothing")),
    ("read", _("read")),
    ("write", _("write")),
    ("readwrite", _("read and write")),
)
_RIGHT = "right_"


class ManagerUserForm(RecordForm):
    """A user of the manager interface with a level for each class of rights."""

    models = {ManagerUser: ("username", "description", "network_filter", "event_filter")}
    checks = MANAGER_USER
    opened = ("username", "secret", "description", "network_filter")
    folded = ((_("Events"), ("event_filter",)),)
    labels = {
        "username": _("User name"),
        "description": _("What it is for"),
        "network_filter": _("May come from"),
        "event_filter": _("Event filters"),
    }
    helps = {
        "network_filter": _("Networks are made on the page “Firewall”."),
        "event_filter": _("One on each line, for example: !Event: Newexten"),
    }
    widgets = {"username": plain_text(autocapitalize="none"), "event_filter": code_area(4)}
    page = "AsteriskManagers"
    open_block = "MainFields"

    secret = SecretField(label=_("Password"))

    def __init__(self, *args: Any, rights: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rights = rights
        self.fields["network_filter"].empty_label = _("anywhere")  # type: ignore[attr-defined]
        stored = self.initial.get("rights") or {}
        for right in rights:
            self.fields[_RIGHT + right] = forms.ChoiceField(
                label=right, choices=_LEVELS, required=False, initial=stored.get(right, "")
            )

    @property
    def right_fields(self) -> list[forms.BoundField]:
        """Return one field for each class of rights."""
        return [self[_RIGHT + right] for right in self._rights]

    def values(self) -> dict[str, Any]:
        """Return what was typed, the levels together as ``rights``."""
        found = super().values()
        levels = {right: found.pop(_RIGHT + right) for right in self._rights}
        return {**found, "rights": levels}


class AriUserForm(RecordForm):
    """A user of the REST interface."""

    models = {AriUser: ("username", "description")}
    checks = ARI_USER
    opened = ("username", "password", "description")
    folded = ((_("More"), ("applications",)),)
    labels = {"username": _("User name"), "description": _("What it is for")}
    widgets = {"username": plain_text(autocapitalize="none")}
    page = "AsteriskRestUsers"
    open_block = "MainFields"

    password = SecretField(label=_("Password"))
    applications = LinesField(
        label=_("Stasis applications"),
        required=False,
        help_text=_("Names of the applications it is meant for, one on each line; none means any."),
    )
