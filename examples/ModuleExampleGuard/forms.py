"""What a person may enter."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazy

from modules_app.sdk import translate

from .models import DroppedAddress

text = lazy(translate, str)


class AddressForm(forms.ModelForm):
    """An address to drop."""

    address = forms.GenericIPAddressField(
        label=text("module_example_guard_Address"), protocol="IPv4"
    )

    class Meta:
        model = DroppedAddress
        fields = ["address"]
