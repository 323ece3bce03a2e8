"""Sections of pjsip.conf: what PBX Admin says, what modules change, what people add (M6.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from telephony_app.domain.attributes import read_attributes
from telephony_app.domain.faults import Wrong
from telephony_app.generators import escaping
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.overriding import overridden
from telephony_app.generators.paper import Paper

OVERRIDES = "; === Module overrides ===\n"
MANUAL = "; === Manual attributes ===\n"

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: ``own`` are its lines, ``whole`` everything that holds with its template."""

    name: str
    template: str
    own: Options
    whole: Options

    @property
    def header(self) -> str:
        """Return its first line."""
        template = f"({self.template})" if self.template else ""
        return f"[{self.name}]{template}\n"


def option_lines(options: Iterable[tuple[str, str]]) -> str:
    """Return ``key = value`` lines; several values of one key stand in several lines."""
    return "".join(f"{key} = {text}\n" for key, value in options for text in value.split("\n"))


def write_section(
    paper: Paper, section: Section, answers: HookAnswers, hook: str, key: str, manual: str = ""
) -> None:
    """Write a section: own lines, what modules change (each one's), what people add."""
    changed = overridden(paper, answers, hook, key, section.whole)
    own = [(one, text) for one, text in section.own.items() if one not in changed.values]
    paper.add(section.header + option_lines(own))
    if changed.values:
        paper.add(OVERRIDES)
    for option, text in changed.values.items():
        anew = "disallow = all\n" if option == "allow" else ""  # lines of codecs add up otherwise
        paper.add_for(changed.owners[option], f"{anew}{option} = {text}\n")
    if manual:
        paper.add(MANUAL + manual)


def without(manual: str, keys: Collection[str]) -> str:
    """Return the lines that a person added, but those with one of the keys."""
    lines = manual.split("\n")[:-1]
    return "".join(f"{one}\n" for one in lines if one.partition(" =")[0].lower() not in keys)


def manual_lines(paper: Paper, text: str, *, of: str) -> dict[str, str]:
    """Return the lines that a person added, by kind of section; wrong text is complained about."""
    try:
        found = read_attributes(text) if text else {}
    except Wrong as error:
        paper.complain("", "manual-attributes", error.message, **error.context, section=of)
        return {}
    return {
        kind: option_lines((key, escaping.value(value)) for key, value in pairs)
        for kind, pairs in found.items()
    }
