"""What a person may enter."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy

from modules_app.sdk import translate

from .models import BlackListNumbers

text = lazy(translate, str)


class NumberForm(forms.ModelForm):
    """A number to block and why."""

    number = forms.CharField(
        label=text("module_black_list_Number"),
        help_text=text("module_black_list_NumberHelp"),
        max_length=32,
        validators=[RegexValidator(r"^\+?\d{2,31}$", text("module_black_list_ValidateNumber"))],
    )
    description = forms.CharField(
        label=text("module_black_list_Description"), max_length=200, required=False
    )

    class Meta:
        model = BlackListNumbers
        fields = ["number", "description"]
        error_messages = {"number": {"unique": text("module_black_list_ValidateUnique")}}
