"""Fields of modules inside forms of ours, made of data; their names hold the module's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext

from modules_app.domain.extra_fields import LONGEST_TEXT, ExtraField, FieldKind
from modules_app.services.module_forms import FormPart, SaveProblem


class ExtraFieldsForm(forms.Form):
    """The fields of all modules; ``parts`` yields them by module."""

    def __init__(self, *args: Any, parts: Sequence[FormPart] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts = parts
        for part in parts:
            for one in part.fields:
                self.fields[name_of(part.module_id, one.name)] = _field(one)

    def parts(self) -> list[tuple[FormPart, list[forms.BoundField]]]:
        """Return each module's part with its fields."""
        return [
            (part, [self[name_of(part.module_id, one.name)] for one in part.fields])
            for part in self._parts
        ]

    def values(self) -> dict[str, dict[str, Any]]:
        """Return the cleaned values by module and the module's own names."""
        return {
            part.module_id: {
                one.name: self.cleaned_data.get(name_of(part.module_id, one.name))
                for one in part.fields
            }
            for part in self._parts
            if part.fields
        }

    def tell(self, problem: SaveProblem) -> None:
        """Show at its fields what a module said against its values."""
        known = {part.module_id: part for part in self._parts}[problem.module_id]
        for name, text in problem.errors.items():
            said = text or gettext("The module gave no answer.")
            target = name or known.fields[0].name
            self.add_error(name_of(problem.module_id, target), said)


def name_of(module_id: str, name: str) -> str:
    """Return the name of a module's field in our form; none of ours has a hyphen."""
    return f"m-{module_id}-{name}"


def _field(one: ExtraField) -> forms.Field:
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
