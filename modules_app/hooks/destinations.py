"""The field that chooses where a call goes, in forms of PBX Admin and of modules (F1.3, F9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext, gettext_lazy

from modules_app.domain.destinations import Maker, Offers, by_category


class DestinationSelect(forms.Select):
    """A list of destinations by category, and beside it the pages that make a new one.

    With scripts such a page opens as a dialog, and the new destination is chosen; without them it
    is a page that leads back to ``back``.
    """

    template_name = "forms/destination.html"
    makers: Sequence[Maker] = ()
    silent: Sequence[str] = ()
    back = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the makers, with the way back, and who gave no answer."""
        context = super().get_context(name, value, attrs)
        query = "?" + urlencode({"next": self.back}) if self.back else ""
        context["makers"] = [(maker.label, maker.url + query) for maker in self.makers]
        context["silent"] = list(self.silent)
        return context


class DestinationField(forms.ChoiceField):
    """A choice among the destinations that `offer_destinations` gave to the form.

    The value is the destination's, "" for none. What is stored and no longer offered, because its
    module is disabled, stays a choice that says so.
    """

    widget = DestinationSelect
    default_error_messages = {  # noqa: RUF012 - Django's own way
        "invalid_choice": gettext_lazy("This destination is not there any more. Choose another."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Destination"))
        super().__init__(**options)

    def offer(self, offers: Offers, *, stored: str = "", back: str = "") -> None:
        """Say what can be chosen, what is stored now, and where the form is."""
        nothing = [("", "—")]
        groups: list[Any] = [
            (category, [(one.value, one.label) for one in found])
            for category, found in by_category(offers.destinations).items()
        ]
        known = {one.value for one in offers.destinations}
        if stored and stored not in known:
            gone = gettext("%(destination)s (not available now)") % {"destination": stored}
            groups.append((gettext("Stored"), [(stored, gone)]))
        self.choices = [*nothing, *groups]
        self.widget.makers, self.widget.silent = offers.makers, offers.silent
        self.widget.back = back


def give(form: forms.BaseForm, offers: Offers, back: str) -> None:
    """Fill every `DestinationField` of a form."""
    for name, field in form.fields.items():
        if isinstance(field, DestinationField):
            stored = form.get_initial_for_field(field, name)
            field.offer(offers, stored=str(stored or ""), back=back)
