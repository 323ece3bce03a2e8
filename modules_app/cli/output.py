"""One JSON document or readable lines on stdout; everything else goes to stderr (design 7)."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext

from modules_app.exceptions import ModuleError, fill
from modules_app.templatetags.words import with_causes

_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")


class VisibleText:
    """A stream that writes what would steer a terminal as ``\\uXXXX``, which JSON reads back.

    Names and messages come from packages and from module code.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text``; line ends, tabs and every kind of space stay."""
        return self._stream.write(harmless(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def harmless(text: str) -> str:
    """Return ``text`` with what would steer a terminal made visible; line ends and tabs stay."""
    return _UNUSUAL.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    char = found[0]
    harmless = char.isprintable() or unicodedata.category(char) == "Zs"
    return char if harmless else json.dumps(char)[1:-1]


def sentence(said: Mapping[str, Any], key: str = "text") -> str:
    """Return a stored sentence translated and filled."""
    text = str(said.get(key) or "")
    return fill(gettext(text), with_causes(said.get("context") or {})) if text else ""


def print_json(value: Any) -> None:
    """Print the one document."""
    json.dump(value, sys.stdout, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def readable(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report whose findings and error also carry their filled sentence as ``text``."""
    shown = dict(report)
    for kind in ("errors", "warnings", "notes", "works", "does_not"):
        if kind in shown:
            shown[kind] = [{**one, "text": sentence(one, "message")} for one in shown[kind]]
    if shown.get("error"):
        shown["error"] = {**shown["error"], "text": sentence(shown["error"], "message")}
    return shown


def indented(text: str) -> str:
    """Return a text whose further lines are indented, so that none passes for one of ours."""
    return "\n    ".join(text.splitlines())


def say(text: str) -> None:
    """Print a line about what goes on."""
    sys.stderr.write(indented(text) + "\n")
    sys.stderr.flush()


def print_table(heads: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """Print aligned columns."""
    lines = [heads, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def print_error(error: ModuleError) -> None:
    """Print what failed and what to do."""
    show_error(error.as_dict())


def show_error(error: Mapping[str, Any]) -> None:
    """Print a stored error: sentence, hint, slug, details."""
    say(
        gettext("Error: {text} [{slug}]").format(
            text=sentence(error, "message"), slug=error["slug"]
        )
    )
    if hint := sentence(error, "hint"):
        say(hint)
    if details := (error.get("context") or {}).get("details"):
        say(str(details))


def print_findings(report: Mapping[str, Any]) -> None:
    """Print the errors, warnings and notes of a validation report."""
    for kind in ("errors", "warnings", "notes"):
        for finding in report.get(kind, []):
            place = f" ({finding['location']})" if finding.get("location") else ""
            told = f"{sentence(finding, 'message')}{place} [{finding['slug']}]"
            sys.stdout.write(f"{kind[:-1]:8} {told}\n")
            if finding.get("hint"):
                sys.stdout.write(f"{'':8} {sentence(finding, 'hint')}\n")
