"""What a field of a resource takes: how it is cleaned, checked and described (M11.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

MISSING: Any = object()
"""Stands for a value that was not sent, or a default that there is none of."""


class Field:
    """The base of all fields.

    ``required`` fields must be sent on create and update; ``default`` is used on create only;
    ``read_only`` ones are shown and never written. ``null`` lets None stand for no value.
    """

    type = "string"

    def __init__(
        self,
        *,
        required: bool = False,
        default: Any = MISSING,
        read_only: bool = False,
        null: bool = False,
        description: str = "",
    ) -> None:
        self.required = required
        self.default = default
        self.read_only = read_only
        self.null = null
        self.description = description

    def sanitise(self, value: Any) -> Any:
        """Return the value as this field holds it; `ValueError` says why it cannot be."""
        return value

    def validate(self, value: Any) -> None:
        """Raise `ValueError` for a value of the right type that is not allowed."""

    def is_empty(self, value: Any) -> bool:
        """Tell whether a value counts as not given where one is required."""
        return value is None or value == ""

    def describe(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        found: dict[str, Any] = {"type": self.type}
        if self.description:
            found["description"] = self.description
        if self.default is not MISSING and self.default is not None:
            found["default"] = self.default
        if self.read_only:
            found["readOnly"] = True
        return found


class Text(Field):
    """Text of one line, or of several with ``lines=True``; spaces around it are taken away."""

    def __init__(
        self,
        *,
        max_length: int = 255,
        min_length: int = 0,
        pattern: str = "",
        lines: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.max_length = max_length
        self.min_length = min_length
        self.pattern = pattern
        self.lines = lines

    def sanitise(self, value: Any) -> str:
        """Return trimmed text; numbers are taken as text, as forms send them."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError(_("It must be text."))
        text = str(value).strip()
        if not all(char.isprintable() or (self.lines and char in "\n\r\t") for char in text):
            raise ValueError(_("It holds characters that cannot be printed."))
        return text

    def validate(self, value: str) -> None:
        """Check length and pattern; empty text is a matter of ``required``."""
        if len(value) > self.max_length:
            raise ValueError(
                _("It is longer than %(most)d characters.") % {"most": self.max_length}
            )
        if value and len(value) < self.min_length:
            raise ValueError(
                _("It is shorter than %(least)d characters.") % {"least": self.min_length}
            )
        if value and self.pattern and not re.fullmatch(self.pattern, value):
            raise ValueError(_("It does not have the right form."))

    def describe(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        found = {**super().describe(), "maxLength": self.max_length}
        if self.min_length:
            found["minLength"] = self.min_length
        if self.pattern:
            found["pattern"] = f"^(?:{self.pattern})$"
        return found


class Number(Field):
    """A whole number between ``minimum`` and ``maximum``."""

    type = "integer"

    def __init__(self, *, minimum: int = -(2**31), maximum: int = 2**31 - 1, **more: Any) -> None:
        super().__init__(**more)
        self.minimum = minimum
        self.maximum = maximum

    def sanitise(self, value: Any) -> int:
        """Return the number; text of digits counts as one."""
        plain = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            return int(value)
        if not plain:
            raise ValueError(_("It must be a whole number."))
        return int(value)

    def validate(self, value: int) -> None:
        """Check the bounds."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(
                _("It must be between %(least)d and %(most)d.")
                % {"least": self.minimum, "most": self.maximum}
            )

    def describe(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        return {**super().describe(), "minimum": self.minimum, "maximum": self.maximum}


class Flag(Field):
    """Yes or no; "1", "true" and "on" of forms count as yes."""

    type = "boolean"
    _WORDS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}

    def sanitise(self, value: Any) -> bool:
        """Return the truth value."""
        if isinstance(value, bool):
            return value
        found = self._WORDS.get(str(value).strip().lower())
        if found is None:
            raise ValueError(_("It must be true or false."))
        return found


class Choice(Field):
    """One of some texts."""

    def __init__(self, choices: Sequence[str], **more: Any) -> None:
        super().__init__(**more)
        self.choices = tuple(choices)

    def sanitise(self, value: Any) -> str:
        """Return the choice as text."""
        if not isinstance(value, str):
            raise ValueError(_("It must be text."))
        return value.strip()

    def validate(self, value: str) -> None:
        """Check that it is one of the choices."""
        if value not in self.choices:
            raise ValueError(_("It must be one of: %(choices)s.") % {"choices": self._listed()})

    def describe(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        return {**super().describe(), "enum": list(self.choices)}

    def _listed(self) -> str:
        return ", ".join(self.choices)


class TextList(Field):
    """A list of texts, at most ``most`` of them, each as ``item`` says."""

    type = "array"

    def __init__(self, *, item: Text | None = None, most: int = 100, **more: Any) -> None:
        super().__init__(**more)
        self.item = item or Text()
        self.most = most

    def sanitise(self, value: Any) -> list[str]:
        """Return the texts, each cleaned."""
        if not isinstance(value, list):
            raise ValueError(_("It must be a list."))
        return [self.item.sanitise(one) for one in value]

    def validate(self, value: list[str]) -> None:
        """Check how many there are, and each of them."""
        if len(value) > self.most:
            raise ValueError(_("It has more than %(most)d entries.") % {"most": self.most})
        for one in value:
            self.item.validate(one)

    def is_empty(self, value: Any) -> bool:
        """An empty list counts as not given."""
        return not value

    def describe(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        return {**super().describe(), "items": {"type": "string"}}
