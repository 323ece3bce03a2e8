"""What a person may enter."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazy

from modules_app.sdk import translate

from .models import DialplanSettings

text = lazy(translate, str)


class SettingsForm(forms.ModelForm):
    """A telephone and on how many devices it may be registered."""

    number = forms.RegexField(
        r"^[0-9]{1,32}$", label=text("module_example_dialplan_Number"), required=False
    )
    devices = forms.IntegerField(
        label=text("module_example_dialplan_Devices"), min_value=1, max_value=20
    )

    class Meta:
        model = DialplanSettings
        fields = ["number", "devices"]
