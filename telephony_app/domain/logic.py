"""The lines of a dialplan application, taken apart (reference M7.1).

    Answer()
    n,Playback(demo-thanks)
    n(again),Goto(internal,201,1)

The first step has priority 1, one without a priority the next. ``n+2`` and labels in parentheses
are as in Asterisk. An empty line and one that begins with ``;`` are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong
from telephony_app.domain.texts import block, is_plain, lines_of

MOST_STEPS = 500

_STEP = re.compile(
    r"(?:(?P<priority>[0-9]{1,4}|n(?:\+[0-9]{1,3})?)"
    r"(?:\((?P<label>[A-Za-z0-9_-]{1,40})\))?\s*,\s*)?"
    r"(?P<application>[A-Za-z][A-Za-z0-9_]{0,39}(?:\(.*\))?)",
    re.ASCII,
)
_BARE_SEMICOLON = re.compile(r"(?<!\\);")
_HINT = re.compile(r"[A-Za-z0-9_]{1,20}[:/][A-Za-z0-9_.*#+@-]{1,60}")
_LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``priority`` is "1", "n", "n+2" …, ``application`` is ``Name(arguments)``."""

    priority: str
    label: str
    application: str


def logic(value: Any) -> str:
    """Return the text as it is stored. Raises `Wrong` naming the line."""
    text = block(value).strip("\n")
    if not read_steps(text):
        raise Wrong(_("An application needs at least one step."))
    return text


def read_steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a text. Raises `Wrong` naming the first line that is none."""
    found: list[Step] = []
    for number, line in enumerate(lines_of(text), start=1):
        said = line.strip()
        if said and not said.startswith(";"):
            found.append(_step(said, number, is_first=not found))
    if len(found) > MOST_STEPS:
        raise Wrong(_("At most {most} fit here."), most=MOST_STEPS)
    return tuple(found)


def hint(value: Any) -> str:
    """Return devices whose state a number shows, such as ``Custom:door&PJSIP/201``, or nothing."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > 80 or not all(_HINT.fullmatch(one) for one in text.split("&") if text):
        raise Wrong(_("“{text}” is no device such as Custom:door or PJSIP/201."), text=text[:60])
    return text


def _step(said: str, number: int, *, is_first: bool) -> Step:
    found = _STEP.fullmatch(said)
    if found is None or len(said) > _LONGEST_LINE or not is_plain(said.replace("\t", " ")):
        raise Wrong(_("Line {line} is no step such as “n,Playback(demo)”."), line=number)
    if _BARE_SEMICOLON.search(said):
        raise Wrong(_("Line {line}: write “\\;” for a semicolon."), line=number)
    priority = found["priority"] or ("1" if is_first else "n")
    if is_first and priority.startswith("n"):
        priority = "1"
    return Step(priority, found["label"] or "", found["application"])
