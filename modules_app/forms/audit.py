"""Which audit events are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.selectors.audit import AuditFilter

Choice = tuple[str, str]
"""A value of a column and the word for it."""


class AuditForm(forms.Form):
    """The filters of the audit page; every one may stay empty."""

    actor = forms.CharField(label=_("Who"), max_length=150, required=False)
    target = forms.CharField(label=_("Module or object"), max_length=150, required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Up to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        actions: Iterable[Choice] = (),
        outcomes: Iterable[Choice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("action", actions), ("outcome", outcomes)):
            choices = [("", gettext("All")), *sorted(known, key=lambda choice: choice[1])]
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> AuditFilter:
        """Return the filter; fields with a wrong value ask for nothing."""
        self.is_valid()
        return AuditFilter(**{name: value for name, value in self.cleaned_data.items() if value})
