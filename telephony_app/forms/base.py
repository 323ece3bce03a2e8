"""What all forms of telephone records have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.forms.models import fields_for_model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.exceptions import ModuleError, fill
from telephony_app.domain.faults import ValuesInvalid, checked
from telephony_app.domain.records import Checks

_CODE: Mapping[str, Any] = {
    "rows": 5,
    "spellcheck": "false",
    "autocapitalize": "none",
    "autocomplete": "off",
    "class": "code-text",
}


def code_area(rows: int = 5) -> forms.Textarea:
    """Return a text area for what a program reads."""
    return forms.Textarea(attrs={**_CODE, "rows": rows})


def plain_text(**more: Any) -> forms.TextInput:
    """Return a line that no browser completes or corrects."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **more})


class SecretField(forms.CharField):
    """A password of a device or a program. Left empty, the stored one stays."""

    widget = plain_text(**{"class": "font-monospace", "data-lpignore": "true"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 64, **options})


class RecordForm(forms.Form):
    """One record: what most people need is open, the rest is folded.

    ``models`` give fields their labels, choices and limits, ``checks`` say what else is wrong in
    them. ``opened`` names the open fields and ``folded`` the others under their headings. ``page``
    and the four blocks are where modules may add something (reference M6.5).
    """

    models: ClassVar[Mapping[type[Model], Sequence[str]]] = {}
    checks: ClassVar[Checks] = {}
    opened: ClassVar[Sequence[str]] = ()
    folded: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()
    helps: ClassVar[Mapping[str, Any]] = {}
    labels: ClassVar[Mapping[str, Any]] = {}
    widgets: ClassVar[Mapping[str, Any]] = {}
    page: ClassVar[str] = ""
    top_block: ClassVar[str] = ""
    open_block: ClassVar[str] = ""
    folded_block: ClassVar[str] = ""
    last_block: ClassVar[str] = ""

    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for model, names in self.models.items():
            made = fields_for_model(
                model,
                fields=names,
                help_texts=self.helps,
                labels=self.labels,
                widgets=self.widgets,
            )
            self.fields.update(made)

    def clean(self) -> dict[str, Any]:
        """Find everything that is wrong at once; the services, which check again, come later."""
        found: dict[str, Any] = super().clean() or {}
        try:
            checked(found, self.checks)
        except ValuesInvalid as error:
            self.tell(error)
        return found

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """Return the fields that everybody sees."""
        return self._bound(self.opened)

    @property
    def folded_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the other fields under their headings."""
        return [(heading, self._bound(names)) for heading, names in self.folded]

    @property
    def is_unfolded(self) -> bool:
        """Tell whether something among the folded fields is wrong."""
        names = {name for _heading, names in self.folded for name in names}
        return self.is_bound and not names.isdisjoint(self.errors)

    @property
    def has_secret(self) -> bool:
        """Tell whether a password is among the fields."""
        return any(isinstance(field, SecretField) for field in self.fields.values())

    def lock(self) -> None:
        """Let nobody type anything, and leave passwords out."""
        for name, field in list(self.fields.items()):
            field.disabled = True
            if isinstance(field, SecretField):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of the records' fields."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}

    def tell(self, error: ModuleError) -> None:
        """Show a refusal of a service at the fields that it names, else above the form."""
        faults = error.context.get("faults") or [{**error.as_dict(), "field": ""}]
        for fault in faults:
            name = fault["field"] if fault["field"] in self.fields else None
            self.add_error(name, fill(gettext(fault["message"]), fault["context"]))

    def _bound(self, names: Sequence[str]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


class CodecsField(forms.MultipleChoiceField):
    """Some of the enabled codecs; none means all of them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        words = {
            "label": _("Codecs"),
            "help_text": _("None chosen means all that are switched on."),
        }
        super().__init__(**{"required": False, **words, **options})

    def offer(self, names: Sequence[str], stored: Sequence[str] = ()) -> None:
        """Say which codecs are there; stored ones stay a choice when they were switched off."""
        self.choices = [(name, name) for name in dict.fromkeys([*names, *stored])]
