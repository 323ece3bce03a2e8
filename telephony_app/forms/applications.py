"""The form of a dialplan application."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.records import APPLICATION, APPLICATION_NUMBER
from telephony_app.forms.base import RecordForm, code_area, plain_text
from telephony_app.models import DialplanApplication, Extension


class ApplicationForm(RecordForm):
    """A number with lines of the dialplan."""

    models = {
        Extension: ("number",),
        DialplanApplication: ("name", "logic", "hint", "description"),
    }
    checks = {**APPLICATION, **APPLICATION_NUMBER}
    opened = ("number", "name", "logic")
    folded = ((_("More"), ("hint", "description")),)
    labels = {
        "number": _("Number"),
        "name": _("Name"),
        "logic": _("Lines of the dialplan"),
        "hint": _("Shows the state of"),
        "description": _("Note"),
    }
    helps = {
        "number": _("What is dialled to reach it."),
        "logic": _("One step on each line, for example: Answer() and below it Playback(demo)."),
        "hint": _("A device such as Custom:door; left empty, the number has no state."),
    }
    widgets: dict[str, Any] = {
        "number": plain_text(inputmode="tel"),
        "logic": code_area(14),
        "hint": plain_text(),
        "description": forms.Textarea(attrs={"rows": 2}),
    }
    page = "DialplanApplications"
    top_block = "TabularMenu"
    open_block = "MainTabFields"
    folded_block = "CodeTabFields"
    last_block = "AdditionalTab"
