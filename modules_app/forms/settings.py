"""The settings page, built from the typed specifications of domain/settings.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from modules_app.domain.settings import Kind, SettingSpec


class SettingsForm(forms.Form):
    """One field per setting; ``groups`` yields them under their headings."""

    def __init__(
        self, *args: Any, groups: Mapping[str, list[tuple[SettingSpec, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._groups = groups
        for rows in groups.values():
            for spec, value in rows:
                self.fields[spec.key] = _field(spec, value)

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return headings with their fields, in the order on screen."""
        return [
            (gettext(heading), [self[spec.key] for spec, _value in rows])
            for heading, rows in self._groups.items()
        ]

    def texts(self) -> dict[str, str]:
        """Return the cleaned values as the store keeps them: text, booleans as 0 and 1."""
        return {key: _text(value) for key, value in self.cleaned_data.items()}


def _field(spec: SettingSpec, value: str) -> forms.Field:
    words = {"label": gettext(spec.label), "help_text": gettext(spec.help) if spec.help else ""}
    if spec.kind is Kind.BOOL:
        return forms.BooleanField(required=False, initial=value == "1", **words)
    if spec.kind is Kind.INT:
        return forms.IntegerField(
            initial=value, min_value=spec.low, max_value=spec.high, required=True, **words
        )
    if spec.kind is Kind.CHOICE:
        choices = [(choice, choice) for choice in spec.choices]
        return forms.ChoiceField(initial=value, choices=choices, **words)
    return forms.CharField(initial=value, required=False, max_length=1000, **words)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
