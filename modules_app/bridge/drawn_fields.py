"""Fields that modules describe as data, as fields of a Django form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext

from modules_app.domain.extra_fields import LONGEST_TEXT, ExtraField, FieldKind


def form_field(one: ExtraField) -> forms.Field:
    """Return the form field for a described one; all its texts are plain text."""
    words: dict[str, Any] = {
        "label": one.label,
        "help_text": one.help,
        "required": one.required,
        "initial": one.initial,
    }
    if one.kind is FieldKind.BOOL:
        return forms.BooleanField(**words)
    if one.kind is FieldKind.NUMBER:
        return forms.IntegerField(min_value=one.low, max_value=one.high, **words)
    if one.kind is FieldKind.CHOICE:
        choices = list(one.choices) if one.required else [("", "—"), *one.choices]
        return forms.ChoiceField(choices=choices, **words)
    if one.kind is FieldKind.TEXTAREA:
        words["widget"] = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        min_length=one.low,
        max_length=min(one.high or LONGEST_TEXT, LONGEST_TEXT),
        validators=_validators(one),
        **words,
    )


def _validators(one: ExtraField) -> list[RegexValidator]:
    if not one.pattern:
        return []
    message = one.pattern_message or gettext("This value does not have the right form.")
    return [RegexValidator(rf"^(?:{one.pattern})\Z", message)]
