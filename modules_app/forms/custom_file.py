"""The administrator's own part of a generated file (reference M6.7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modules_app.models import CustomMode
from modules_app.services.surfaces import LONGEST


class CustomFileForm(forms.Form):
    """What the text does, and the text."""

    mode = forms.ChoiceField(label=_("What your text does"), choices=CustomMode.choices)
    text = forms.CharField(
        label=_("Your text"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code-text"}),
        help_text=_("The real program tests it before it is used; a refused text is left out."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].initial = CustomMode.APPEND
