"""Differences between what is applied and what the rows ask for, file by file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modules_app.applier.places import OF_LINKS
from modules_app.domain.redaction import hide_passwords


class LineKind(StrEnum):
    """What a line of a difference is."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    PLACE = "place"


MANY = 40_000
"""Lines from which on only those are told apart that one side has and the other has not."""

CONTEXT = 3
"""Equal lines that are shown around a difference."""

_PLACE = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")
_KINDS = {"+": LineKind.ADDED, "-": LineKind.REMOVED, "@": LineKind.PLACE}


@dataclass(frozen=True, slots=True)
class Difference:
    """How one file changes; ``before`` or ``after`` is None where the file is not there."""

    path: str
    before: str | None
    after: str | None

    @property
    def is_link(self) -> bool:
        """Tell whether it is a link to a file of a module, of which the text is one line."""
        return self.path.split("/")[0] in OF_LINKS

    @property
    def lines(self) -> list[tuple[LineKind, str]]:
        """Return the lines of a unified difference, without names of files and passwords."""
        return [(kind, hide_passwords(line)) for kind, line in self._lines()]

    def _lines(self) -> list[tuple[LineKind, str]]:
        before, after = (self.before or "").splitlines(), (self.after or "").splitlines()
        skipped = _same_start(before, after)
        end = _same_end(before[skipped:], after[skipped:])
        old, new = before[skipped : len(before) - end], after[skipped : len(after) - end]
        if len(old) + len(new) > MANY:
            return _without_order(old, new)
        found = difflib.unified_diff(old, new, lineterm="", n=CONTEXT)
        rest = [line for number, line in enumerate(found) if number > 1]
        return [
            (_KINDS.get(line[:1], LineKind.SAME), _moved(line, skipped) if skipped else line)
            for line in rest
        ]

    @property
    def added(self) -> int:
        """Count the lines that come."""
        return sum(kind is LineKind.ADDED for kind, _line in self.lines)

    @property
    def removed(self) -> int:
        """Count the lines that go."""
        return sum(kind is LineKind.REMOVED for kind, _line in self.lines)

    def as_text(self) -> str:
        """Return it as `diff -u` prints it."""
        before = self.path if self.before is not None else "/dev/null"
        after = self.path if self.after is not None else "/dev/null"
        lines = [f"--- {before}", f"+++ {after}", *(line for _kind, line in self.lines)]
        return "\n".join(lines) + "\n"


def _same_start(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the lines that both begin with, but for some around the first difference.

    Comparing takes long for a file of a hundred thousand lines of which one differs.
    """
    pairs = enumerate(zip(before, after, strict=False))
    first = next((n for n, (old, new) in pairs if old != new), min(len(before), len(after)))
    return max(0, first - CONTEXT)


def _same_end(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the lines that both end with, but for some around the last difference."""
    return _same_start(before[::-1], after[::-1])


def _without_order(old: Sequence[str], new: Sequence[str]) -> list[tuple[LineKind, str]]:
    """Compare many lines fast: where they stand is not looked at."""
    before, after = set(old), set(new)
    gone = [(LineKind.REMOVED, f"-{line}") for line in old if line not in after]
    return gone + [(LineKind.ADDED, f"+{line}") for line in new if line not in before]


def _moved(line: str, skipped: int) -> str:
    """Return the line that names a place, counting lines that were left out."""
    found = _PLACE.match(line)
    if found is None:
        return line
    old, old_count, new, new_count = found.groups(default="")
    return f"@@ -{int(old) + skipped}{old_count} +{int(new) + skipped}{new_count} @@"


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """Return the files that differ, by path; each argument maps paths to contents."""
    return list(_compare(before, after))


def _compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in _paths(before, after):
        if before.get(path) != after.get(path):
            yield Difference(path, before.get(path), after.get(path))


def _paths(*files: Mapping[str, str]) -> Iterable[str]:
    return sorted({path for texts in files for path in texts})
