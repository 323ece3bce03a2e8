"""A strict reader of Asterisk's configuration: what Asterisk would swallow silently is a fault.

It is stricter than Asterisk where Asterisk only warns and goes on: a section that comes twice,
a line without ``=``, an extension that nothing can reach. In everything else it follows Asterisk's
own readers (main/config.c and pbx/pbx_config.c of version 22).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain import dialplan
from telephony_app.domain.lines import BLANK, Flaw, Line, Lines, unreadable

DIALPLAN = "extensions.conf"
PJSIP = "pjsip.conf"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line; ``message`` is English with placeholders that ``context`` fills."""

    path: str
    line: int
    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


INCLUDED = _("“{directive}” is not allowed: everything must stand in the file itself.")
NO_SECTION = _("The line stands before the first section.")
NO_EQUALS = _("The line has no “=”.")
NO_NAME = _("Nothing stands before the “=”.")
SECTION_OPEN = _("The section's name is not closed by “]”.")
SECTION_TAIL = _("What follows the section's name is ignored by Asterisk: “{rest}”.")
SECTION_EMPTY = _("The section has no name.")
NO_TEMPLATE = _("There is no section “{name}” above that could be inherited from.")
NO_SUCH_SECTION = _("There is no section “{name}” above that could be added to.")
TWICE = _("The section “{name}” is there already, in line {first}.")

_PLAIN_HEADER = re.compile(r"\[[^][;\n]+\](?:\([^();\s]*\))?")
_PLAIN_LINE = r"(?:[a-z_]++ = [^;\n]*+|;(?!--)[^\n]*+)?"
_PLAIN_BODY = re.compile(rf"{_PLAIN_LINE}(?:\n{_PLAIN_LINE})*+")
_PLAIN_TYPE = re.compile(r"^type =( [^\n]*)", re.MULTILINE)
_HEADER = re.compile(r"\[([^\]]*)\](?:\(([^)]*)\)|(\([^)]*))?(.*)", re.DOTALL)


@dataclass(slots=True)
class Section:
    """A section that was read: what of it others inherit, and where it began."""

    name: str
    line: int
    is_template: bool = False
    type: str = ""


def check(files: Mapping[str, str]) -> list[Fault]:
    """Return all faults of some files (path -> text), in the order of files and lines.

    A path ending in ``extensions.conf`` is read as a dialplan, one ending in ``pjsip.conf`` may
    use the name of a section again for another type of object.
    """
    return [
        Fault(path, flaw.line, flaw.slug, flaw.message, flaw.context)
        for path, text in files.items()
        for flaw in flaws_of(path, text)
    ]


def flaws_of(path: str, text: str) -> list[Flaw]:
    """Return what is wrong in one file, in the order of its lines."""
    name = path.rpartition("/")[2]
    reading = _Dialplan() if name == DIALPLAN else _Reading(by_type=name == PJSIP)
    flaws = reading.read(text)
    flaws.sort(key=lambda flaw: flaw.line)
    return flaws


class _Reading:
    """One file while it is read."""

    def __init__(self, *, by_type: bool = False) -> None:
        self.by_type = by_type
        self.flaws: list[Flaw] = []
        self.sections: list[Section] = []
        self.named: dict[str, list[Section]] = {}
        self.section: Section | None = None

    def read(self, text: str) -> list[Flaw]:
        """Read all lines and return what is wrong."""
        self.flaws += unreadable(text)
        lines, number = Lines(self.flaws), 1
        for place, part in enumerate(text.split("\n[")):
            whole = f"[{part}" if place else part
            if lines.depth or not self.skim(number, whole):
                self.read_lines(lines.of(whole, number))
            number += whole.count("\n") + 1
        lines.end()
        self.end()
        return self.flaws

    def skim(self, number: int, part: str) -> bool:
        """Read a section with nothing but simple options at once; False if it is another.

        Of ten thousand phones nearly all are such sections: a line at a time takes three times
        as long.
        """
        header, _end, body = part.partition("\n")
        if not (_PLAIN_HEADER.fullmatch(header) and _PLAIN_BODY.fullmatch(body)):
            return False
        self.open(number, header)
        if self.by_type and self.section and (types := _PLAIN_TYPE.findall(body)):
            self.section.type = _value(types[-1].rstrip(BLANK))
        return True

    def read_lines(self, lines: Iterable[Line]) -> None:
        """Read one line after the other."""
        for number, line in lines:
            first = line[0]
            if first == "[":
                self.open(number, line)
            elif first == "#":
                directive = line.split()[0]
                self.note(number, "directive", INCLUDED, directive=directive[:80])
            elif self.section is None:
                self.note(number, "no-section", NO_SECTION)
            else:
                self.take(number, line)

    def take(self, number: int, line: str) -> None:
        """Read one line of a section."""
        at = line.find("=")
        if at < 0:
            self.note(number, "no-equals", NO_EQUALS)
        elif not line[:at].rstrip(" \t+"):
            self.note(number, "no-name", NO_NAME)
        else:
            self.keep(number, line, at)

    def keep(self, number: int, line: str, at: int) -> None:
        """Take a line whose ``=`` stands at ``at``."""
        if not self.by_type or self.section is None or not line.startswith("type"):
            return
        if line[:at].rstrip() == "type":
            self.section.type = _value(line[at + 1 :])

    def open(self, number: int, line: str) -> None:
        """Begin a section, and see that Asterisk would begin it, too."""
        if line.find("]") == len(line) - 1 > 1:
            self.begin(number, line[1:-1], [])
            return
        found = _HEADER.match(line)
        if found is None:
            self.note(number, "section-open", SECTION_OPEN)
            return
        name, options, unclosed, rest = found.groups()
        if unclosed or rest.strip():
            self.note(number, "section-tail", SECTION_TAIL, rest=(unclosed or rest).strip()[:80])
        if not name:
            self.note(number, "section-empty", SECTION_EMPTY)
        self.begin(number, name, options.split(",") if options else [])

    def begin(self, number: int, name: str, options: list[str]) -> None:
        """Make a section of a name and what stands in brackets behind it."""
        section = Section(name, number, "!" in options)
        for option in options:
            if option[:1] == "+":
                earlier = self.find(name)
                if earlier is None:
                    self.note(number, "no-such-section", NO_SUCH_SECTION, name=name[:80])
                self.section = earlier or section
                return
            if option == "!":
                continue
            template = self.find(option)
            if template is None:
                self.note(number, "no-template", NO_TEMPLATE, name=option[:80])
            else:
                section.type = template.type or section.type
        self.section = section
        self.sections.append(section)
        self.named.setdefault(name, []).append(section)

    def find(self, name: str) -> Section | None:
        """Return the first section of a name, in other letter case if there is no exact one."""
        found = self.named.get(name)
        if found is None:
            folded = (all_ for key, all_ in self.named.items() if key.lower() == name.lower())
            found = next(folded, [])
        return next(iter(found), None)

    def end(self) -> None:
        """Look at the whole: no section may come twice."""
        for name, sections in self.named.items():
            seen: dict[str, int] = {}
            for one in sections:
                type_ = one.type if self.by_type and not one.is_template else ""
                first = seen.setdefault(type_, one.line)
                if first != one.line:
                    self.note(one.line, "section-twice", TWICE, name=name[:80], first=first)

    def note(self, line: int, slug: str, message: str, **context: Any) -> None:
        """Keep a flaw."""
        self.flaws.append(Flaw(line, slug, message, context))


def _value(text: str) -> str:
    """Return what is left of what stands behind the ``=``."""
    return text.lstrip(">").strip()


class _Dialplan(_Reading):
    """The dialplan: its sections but two are contexts, whose lines make extensions."""

    def __init__(self) -> None:
        super().__init__()
        self.contexts: dict[str, dialplan.Context] = {}
        self.context: dialplan.Context | None = None

    def skim(self, number: int, part: str) -> bool:
        """Read each line: in a context none is simple."""
        return False

    def begin(self, number: int, name: str, options: list[str]) -> None:
        """Begin a context, or add to one."""
        super().begin(number, name, options)
        self.context = None
        if self.section and self.section.name.lower() not in ("general", "globals"):
            known = self.contexts.setdefault(self.section.name, dialplan.Context(name))
            known.last = None
            self.context = known

    def keep(self, number: int, line: str, at: int) -> None:
        """Read a line of a context; ``=>`` is as good as ``=``."""
        if self.context is None:
            return
        value = line[at + 2 :] if line.startswith(">", at + 1) else line[at + 1 :]
        key = line[:at].rstrip(" \t+")
        if flaw := dialplan.read_line(self.context, number, key, value):
            self.flaws.append(flaw)

    def end(self) -> None:
        """See that everything that is included exists."""
        super().end()
        self.flaws += self._lost_includes()

    def _lost_includes(self) -> Iterator[Flaw]:
        for context in self.contexts.values():
            for number, name in context.includes:
                if name not in self.contexts:
                    filled = {"context": name[:80]}
                    yield Flaw(number, "no-context", dialplan.NO_CONTEXT, filled)
