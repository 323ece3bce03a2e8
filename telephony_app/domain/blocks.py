"""What a module may put into a file of Asterisk: its block must not reach into what follows it.

Each hook of M6.2 has a shape. Asterisk knows no end of a block, so a module's first line must not
continue what stood before it, and its last one must not claim what stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.lines import Flaw, lines_of
from telephony_app.domain.reader import INCLUDED, NO_EQUALS, NO_SECTION


class Shape(StrEnum):
    """What a module's text for a hook is made of."""

    STEPS = "steps"  # same => n,… within an extension of ours
    EXTENSIONS = "extensions"  # exten =>, same => and include => within a context of ours
    KEYS = "keys"  # key = value within a section of ours
    SECTIONS = "sections"  # whole sections


OPENS_SECTION = _("Only lines are expected here, no section “{section}”.")
NOT_A_STEP = _("Only steps are expected here: “same => n,Application()”.")
NOT_AN_EXTENSION = _("Only “exten”, “same” and “include” are expected here, not “{word}”.")
FIRST_SAME = _("“same” would continue an extension of somebody else; begin with “exten”.")

_STEP = re.compile(r"same\s*=>?\s*n(?:ext)?(?:\([^(),]+\))?\s*,\s*\S.*", re.DOTALL)
_WORDS = frozenset({"exten", "same", "include", "ignorepat", "switch", "lswitch", "eswitch"})


def flaws_of_block(text: str, shape: Shape) -> list[Flaw]:
    """Return why a module's text cannot stand where a hook of ``shape`` puts it.

    Lines count from 1 in that text. What is wrong with the lines themselves is found by the
    reader of the whole file.
    """
    flaws: list[Flaw] = []
    lines = list(lines_of(text, flaws))
    if shape is Shape.SECTIONS:
        flaws += _of_sections(lines)
    else:
        flaws += _of_lines(lines, shape)
    return sorted(flaws, key=lambda flaw: flaw.line)


def _of_sections(lines: list[tuple[int, str]]) -> Iterator[Flaw]:
    for index, (number, line) in enumerate(lines):
        if line[0] == "#":
            yield _directive(number, line)
        elif not index and line[0] != "[":
            yield Flaw(number, "no-section", NO_SECTION)


def _of_lines(lines: list[tuple[int, str]], shape: Shape) -> Iterator[Flaw]:
    begun = False
    for number, line in lines:
        if line[0] == "[":
            yield Flaw(number, "opens-section", OPENS_SECTION, {"section": line[:80]})
        elif line[0] == "#":
            yield _directive(number, line)
        elif shape is Shape.STEPS and not _STEP.fullmatch(line):
            yield Flaw(number, "not-a-step", NOT_A_STEP)
        elif "=" not in line:
            yield Flaw(number, "no-equals", NO_EQUALS)
        elif shape is Shape.EXTENSIONS:
            word = line.partition("=")[0].strip().lower()
            if word not in _WORDS:
                yield Flaw(number, "unknown-word", NOT_AN_EXTENSION, {"word": word[:80]})
            elif word == "same" and not begun:
                yield Flaw(number, "first-same", FIRST_SAME)
            begun = begun or word == "exten"


def _directive(number: int, line: str) -> Flaw:
    return Flaw(number, "directive", INCLUDED, {"directive": line.split()[0][:80]})
