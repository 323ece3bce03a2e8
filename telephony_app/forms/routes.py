"""The forms of routes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.domain.destinations import Offers
from modules_app.forms.destinations import DestinationField
from telephony_app.domain.records import INCOMING_ROUTE, OUTGOING_ROUTE
from telephony_app.domain.words import DefaultAction
from telephony_app.forms.base import RecordForm, plain_text
from telephony_app.models import IncomingRoute, OutgoingRoute
from telephony_app.models.base import choices

_NUMBERS = {"list": "numbers", "inputmode": "tel"}


class NumberField(forms.CharField):
    """A number of this system, typed or chosen from the list ``numbers`` of the page."""

    def __init__(self, **options: Any) -> None:
        widget = plain_text(**_NUMBERS)
        super().__init__(**{"required": False, "max_length": 32, "widget": widget, **options})


class TargetForm(RecordForm):
    """Where a call goes: to a number of this system, or to a destination of a module."""

    extension = NumberField(
        label=_("Number"), help_text=_("An extension or another number of this system.")
    )
    destination = DestinationField(label=_("or a destination of a module"), required=False)

    def without_offers(self, offers: Offers) -> None:
        """Leave the destinations out when there are none; numbers have their own field."""
        stored = self.initial.get("destination")
        if not (offers.destinations or offers.makers or offers.silent or stored):
            del self.fields["destination"]

    def clean(self) -> dict[str, Any]:
        """Let a call have one target at most."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("extension") and found.get("destination"):
            self.add_error("destination", gettext("Choose a number or a destination, not both."))
        return found

    @property
    def target_fields(self) -> list[forms.BoundField]:
        """Return the fields of the target."""
        return [self[name] for name in ("extension", "destination") if name in self.fields]


class IncomingRouteForm(TargetForm):
    """Which calls from outside go where."""

    models = {IncomingRoute: ("provider", "number", "timeout", "note")}
    checks = INCOMING_ROUTE
    opened = ("provider", "number")
    folded = ((_("More"), ("timeout", "note")),)
    labels = {
        "provider": _("From the provider"),
        "number": _("To the number"),
        "timeout": _("Rings, seconds"),
        "note": _("Note"),
    }
    helps = {
        "number": _(
            "As the provider sends it. Left empty, every number. X stands for a digit, Z for 1 to "
            "9, N for 2 to 9, a dot for whatever follows."
        ),
        "timeout": _("Then the next route that fits is tried, at last the default route."),
    }
    widgets = {
        "number": plain_text(inputmode="tel"),
        "note": forms.Textarea(attrs={"rows": 2}),
    }
    page = "IncomingRoutes"
    open_block = "Fields"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].empty_label = _("any")  # type: ignore[attr-defined]


class DefaultRouteForm(TargetForm):
    """What happens to a call that no other route took."""

    opened = ("action",)
    page = "IncomingRoutes"
    open_block = "Fields"

    action = forms.ChoiceField(
        label=_("What happens"), widget=forms.RadioSelect, choices=choices(DefaultAction)
    )


class OutgoingRouteForm(RecordForm):
    """By which provider numbers leave, and what becomes of them on the way."""

    models = {
        OutgoingRoute: (
            "name",
            "provider",
            "number_begins_with",
            "rest_numbers",
            "trim_from_begin",
            "prepend",
            "disabled",
            "note",
        )
    }
    checks = OUTGOING_ROUTE
    opened = (
        "name",
        "provider",
        "number_begins_with",
        "rest_numbers",
        "trim_from_begin",
        "prepend",
    )
    folded = ((_("More"), ("disabled", "note")),)
    labels = {
        "name": _("Name"),
        "provider": _("Goes out by"),
        "number_begins_with": _("The number begins with"),
        "rest_numbers": _("Digits that follow"),
        "trim_from_begin": _("Digits cut off at the beginning"),
        "prepend": _("Put before what is left"),
        "disabled": _("Switched off"),
        "note": _("Note"),
    }
    helps = {
        "name": _("What you call it, for example “Mobile phones”."),
        "number_begins_with": _("For example 9, or (7|8)9 for either. Left empty, any beginning."),
        "rest_numbers": _("-1 for any number of digits, 0 for none."),
    }
    widgets = {
        "number_begins_with": plain_text(),
        "prepend": plain_text(inputmode="tel"),
        "note": forms.Textarea(attrs={"rows": 2}),
    }
    page = "OutboundRoutes"
    open_block = "Fields"
