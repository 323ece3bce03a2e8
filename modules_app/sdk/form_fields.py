"""Fields that a module adds to a form of PBX Admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules_app.domain.extra_fields import MOST_FIELDS, read_field
from modules_app.sdk.translations import translate


class FormFields:
    """The form as `ConfigClass.on_before_form_initialize` sees it: its name, and `add`.

    The fields are data. Their values come back by `ConfigClass.save_form_fields`, and the module
    stores them itself.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: list[dict[str, Any]] = []

    def add(
        self,
        name: str,
        label: str,
        *,
        kind: str = "text",
        help: str = "",
        initial: Any = None,
        required: bool = False,
        choices: Sequence[Any] = (),
        low: int | None = None,
        high: int | None = None,
        pattern: str = "",
        pattern_message: str = "",
    ) -> None:
        """Add a field of ``kind`` text, textarea, number, bool or choice.

        ``low`` and ``high`` bound a number or the length of a text; ``pattern`` must match all of
        a text. ``choices`` are texts, or pairs of value and label. ``label``, ``help``,
        ``pattern_message`` and labels are keys of messages/ or texts. Raises `ValueError`.
        """
        pairs = [one if isinstance(one, list | tuple) else (one, one) for one in choices]
        field = {
            "name": name,
            "label": translate(label),
            "kind": kind,
            "help": translate(help) if help else "",
            "initial": initial,
            "required": required,
            "choices": [[str(value), translate(str(text))] for value, text in pairs],
            "low": low,
            "high": high,
            "pattern": pattern,
            "pattern_message": translate(pattern_message) if pattern_message else "",
        }
        read_field(field)
        if len(self.fields) >= MOST_FIELDS or any(one["name"] == name for one in self.fields):
            raise ValueError(f"{name!r} is there already, or there are more than {MOST_FIELDS}.")
        self.fields.append(field)
