"""Fields of modules inside forms of ours, made of data; their names hold the module's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from modules_app.bridge.drawn_fields import form_field
from modules_app.services.module_forms import FormPart, SaveProblem


class ExtraFieldsForm(forms.Form):
    """The fields of all modules; ``parts`` yields them by module."""

    def __init__(self, *args: Any, parts: Sequence[FormPart] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts = parts
        for part in parts:
            for one in part.fields:
                self.fields[name_of(part.module_id, one.name)] = form_field(one)

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

