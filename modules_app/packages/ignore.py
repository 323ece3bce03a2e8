"""Which files of a folder do not belong into its package: the usual ones and ``.pbxignore``.

The lines of that file are those of ``.gitignore``, without ``**`` inside a name: ``name`` matches
anywhere, ``/name`` at the top only, ``name/`` a folder, ``!name`` brings something back; the last
line that matches decides. Inside a folder that is left out nothing can be brought back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path

IGNORE_FILE = ".pbxignore"
USUAL = (
    ".git/",
    "__pycache__/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".mypy_cache/",
    "*.pyc",
    "*.pyo",
    f"/{IGNORE_FILE}",
    "/.gitignore",
    "/tests/",
)
"""What is left out unless a line with ``!`` says otherwise."""


@dataclass(frozen=True, slots=True)
class _Line:
    pattern: re.Pattern[str]
    folders_only: bool
    whole_path: bool
    leaves_out: bool

    def matches(self, path: str, *, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        shown = path if self.whole_path else path.rpartition("/")[2]
        return bool(self.pattern.match(shown))


class Ignore:
    """Decides about paths relative to the folder of a module, with ``/`` between their parts."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        kept = (line.strip() for line in (*USUAL, *lines))
        self._lines = [_read(line) for line in kept if line and not line.startswith("#")]

    @classmethod
    def of(cls, folder: Path) -> Ignore:
        """Return the rules of one folder."""
        file = folder / IGNORE_FILE
        return cls(file.read_text(encoding="utf-8").splitlines() if file.is_file() else ())

    def leaves_out(self, path: str, *, is_folder: bool = False) -> bool:
        """Tell whether a path stays out of the package."""
        decision = False
        for line in self._lines:
            if line.matches(path, is_folder=is_folder):
                decision = line.leaves_out
        return decision


def _read(line: str) -> _Line:
    leaves_out = not line.startswith("!")
    text = line.removeprefix("!")
    name = text.strip("/")
    return _Line(
        re.compile(translate(name)),
        folders_only=text.endswith("/"),
        whole_path="/" in text.rstrip("/"),
        leaves_out=leaves_out,
    )
