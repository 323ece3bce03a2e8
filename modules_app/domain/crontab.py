"""One line of a crontab: read strictly, so that a wrong one never reaches cron (reference M6.7)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

LONGEST = 900
"""Characters of a line; cron gives up at about a thousand."""

NICKNAMES = frozenset(
    {"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(
    r"(?:(?P<all>\*)|(?P<low>[0-9]{1,2}|[a-z]{3})(?:-(?P<high>[0-9]{1,2}|[a-z]{3}))?)"
    r"(?:/(?P<step>[0-9]{1,2}))?"
)
_SETTING = re.compile(r"[\"']?[A-Za-z_][A-Za-z0-9_]*[\"']?[ \t]*=")


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five fields: its title, its range and the names it knows."""

    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    first: int = 0

    def number(self, text: str) -> int:
        """Return the number that ``text`` stands for. Raises ``Refused`` outside the range."""
        if text.isdigit():
            number = int(text)
        elif text in self.names:
            number = self.names.index(text) + self.first
        else:
            raise self.refused(text)
        if not self.low <= number <= self.high:
            raise self.refused(text)
        return number

    def refused(self, text: str) -> Refused:
        """Return the error for a field that does not fit."""
        return Refused(
            "cron-field-wrong",
            _("“{text}” is no {field}: numbers from {low} to {high}, as in *, 5, 1-5, */10, 1,15."),
            context={"text": text, "field": self.title, "low": self.low, "high": self.high},
        )


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, _MONTHS, first=1),
    Field("day of the week", 0, 7, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Job:
    """When and what; the user is not the module's to say."""

    when: str
    command: str

    def as_line(self, user: str) -> str:
        """Return the line of a system crontab, which has a field for the user."""
        return f"{self.when} {user} {self.command}"


def read_job(line: str, *, users: Collection[str] = ()) -> Job:
    """Read one line. Raises ``Refused`` with the reason.

    ``users`` are names that a command does not begin with: whoever writes one took the format with
    the user's field, which is PBX Admin's to fill.
    """
    text = line.strip(" \t")
    _refuse_characters(text)
    if _SETTING.match(text):
        raise Refused(
            "cron-setting",
            _("A setting would hold for the lines of all modules."),
            hint=_("Write it before the command: NAME=value command."),
        )
    when, command = _split(text)
    first = command.split(maxsplit=1)[0] if command else ""
    if not first:
        raise Refused("cron-no-command", _("There is no command after the time."))
    if first in users:
        raise Refused(
            "cron-user",
            _("The command begins with the user “{user}”, which is PBX Admin's field to fill."),
            context={"user": first},
            hint=_("Leave the user out."),
        )
    _refuse_percent(command)
    return Job(when, command)


def _refuse_characters(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(
            "cron-too-long",
            _("The line has {count} characters; cron takes about a thousand."),
            context={"count": len(text)},
            hint=_("Put the commands into a script of the module."),
        )
    wrong = next((sign for sign in text if not (sign.isprintable() or sign == "\t")), None)
    if wrong is not None:
        raise Refused(
            "cron-character",
            _("The line holds the character {code}, which could hide what it does."),
            context={"code": f"U+{ord(wrong):04X}"},
        )


def _split(text: str) -> tuple[str, str]:
    if text.startswith("@"):
        when, _space, command = text.replace("\t", " ").partition(" ")
        if when not in NICKNAMES:
            raise Refused(
                "cron-nickname",
                _("“{text}” is none of the times that cron knows: {known}."),
                context={"text": when, "known": ", ".join(sorted(NICKNAMES))},
            )
        return when, command.strip()
    parts = text.split(None, len(FIELDS))
    if len(parts) < len(FIELDS):
        raise Refused(
            "cron-fields",
            _("A line has five fields for the time, then the command; this one has {count} words."),
            context={"count": len(parts)},
        )
    for field, value in zip(FIELDS, parts, strict=False):
        _check_field(field, value)
    return " ".join(parts[: len(FIELDS)]), " ".join(parts[len(FIELDS) :])


def _check_field(field: Field, value: str) -> None:
    for part in value.lower().split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise field.refused(value)
        low, high = field.low, field.high
        if found["low"]:
            low = high = field.number(found["low"])
        if found["high"]:
            high = field.number(found["high"])
        if high < low:
            raise field.refused(value)
        if found["step"] is not None and not _is_step(found, high - low):
            raise field.refused(value)


def _is_step(found: re.Match[str], span: int) -> bool:
    """A step follows a range or *, and leads to more than its first number."""
    has_range = bool(found["all"] or found["high"])
    return has_range and 1 <= int(found["step"]) <= max(span, 1)


def _refuse_percent(command: str) -> None:
    before = ""
    for sign in command:
        if sign == "%" and before != "\\":
            raise Refused(
                "cron-percent",
                _("A percent sign ends the command in a crontab; what follows becomes its input."),
                hint=_("Write a backslash before each percent sign."),
            )
        before = sign
