"""What is said to Asterisk and what comes back, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from modules_app.ami.errors import hostile_value

Value = str | int | Sequence[str]

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
LINE_BREAKS = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class AmiAccount:
    """Where Asterisk's manager interface is, and an account of manager.conf there."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """Something that Asterisk tells: its name and its fields, spelled as Asterisk does.

    A field that came several times holds all its values, one on each line.
    """

    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AmiResponse:
    """The answer to an action; ``events`` are the items when it answers with a list."""

    success: bool
    message: str
    fields: Mapping[str, str]
    events: Sequence[AmiEvent] = ()


def checked(name: str, value: Value) -> str | list[str]:
    """Return the value as it is sent; refuse whatever would end its line early.

    Raises Refused ``asterisk-hostile-value``: a line break inside a value would be a second field,
    or a second action with the rights of this account.
    """
    if not NAME.fullmatch(name):
        raise hostile_value(name)
    texts = [str(value)] if isinstance(value, str | int) else [str(one) for one in value]
    for text in texts:
        if LINE_BREAKS.search(text) or not _is_text(text):
            raise hostile_value(name)
    return texts[0] if isinstance(value, str | int) else texts


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
