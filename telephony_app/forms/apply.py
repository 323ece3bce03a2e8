"""The deadline of a wish to apply at a quiet moment."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.ripeness import next_moment


class QuietForm(forms.Form):
    """A time of day: the next time that the clock shows it."""

    until = forms.TimeField(
        label=_("At the latest"),
        initial=time(5),
        input_formats=["%H:%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Type a time, as 05:00."),
            "invalid": _("Type a time, as 05:00."),
        },
    )

    def moment(self) -> datetime:
        """Return the deadline; call it when the form is valid."""
        values: dict[str, Any] = self.cleaned_data
        return next_moment(values["until"], timezone.localtime())
