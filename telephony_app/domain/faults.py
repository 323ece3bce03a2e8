"""What is wrong with values that somebody typed or sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

Check = Callable[[Any], Any]
"""Returns a value as it is stored. Raises `Wrong`."""


class Wrong(ValueError):
    """One value cannot be used; ``message`` is a sentence with {placeholders} of ``context``."""

    def __init__(self, message: str, /, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context


class ValuesInvalid(Refused):
    """A record cannot be stored as it is.

    The sentence is about ``context["field"]``, the first field that is wrong; ``faults`` has every
    one with its own, in the order of the fields.
    """

    def __init__(self, faults: Mapping[str, Wrong]) -> None:
        field, first = next(iter(faults.items()))
        listed = [
            {"field": name, "message": one.message, "context": one.context}
            for name, one in faults.items()
        ]
        super().__init__(
            "values-invalid",
            first.message,
            context={
                **first.context,
                "field": field,
                "fields": ", ".join(faults),
                "faults": listed,
            },
            hint=_("Look at: {fields}."),
        )
        self.faults = dict(faults)


def checked(values: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """Return the values as they are stored. Raises `ValuesInvalid` with every fault at once.

    Whoever calls this has refused names without a check.
    """
    found: dict[str, Any] = {}
    faults: dict[str, Wrong] = {}
    for name, check in checks.items():
        if name in values:
            try:
                found[name] = check(values[name])
            except Wrong as error:
                faults[name] = error
    if faults:
        raise ValuesInvalid(faults)
    return found
