"""The sections of Asterisk's files, cut fast: files of ten thousand phones have a million lines."""

from __future__ import annotations


def sections(text: str) -> dict[str, str]:
    """Return the text below each ``[name]``; sections of one name are put together."""
    found: dict[str, str] = {}
    for part in f"\n{text}".split("\n[")[1:]:
        name, _end, body = part.partition("]")
        found[name] = f"{found[name]}\n{body}" if name in found else body
    return found


def changed_sections(before: str, after: str) -> dict[str, tuple[str | None, str | None]]:
    """Return the bodies before and after of sections that came, went or differ, by name.

    They stand in the order of ``after``; None where there is no such section.
    """
    old, new = sections(before), sections(after)
    names = [name for name, body in new.items() if old.get(name) != body]
    names += [name for name in old if name not in new]
    return {name: (old.get(name), new.get(name)) for name in names}


def line_of(text: str, name: str) -> int:
    """Return the number of the line that begins the section, 0 when there is none."""
    place = f"\n{text}".find(f"\n[{name}]")
    return text.count("\n", 0, place) + 1 if place >= 0 else 0
