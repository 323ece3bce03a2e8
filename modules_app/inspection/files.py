"""The files of a package as the readers see them: paths, sizes, and bytes up to a limit."""

from __future__ import annotations

import os
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from modules_app.domain.findings import Finding, Severity
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.contents import Archive

FILE_LIMIT = 1024 * 1024
"""Bytes of one file that a reader looks at; a larger file is named in the report, not read."""

TOTAL_LIMIT = 8 * FILE_LIMIT
"""Bytes of all files together: it bounds the time that one report may take."""


TOKEN_LIMIT = 100_000
"""Words and marks in one source file. A dense file of 1 MiB would cost a gigabyte as a tree."""

TOTAL_TOKEN_LIMIT = 500_000
"""Words and marks of all source files together."""

SAME_LIMIT = 100
"""Findings of one kind that a report lists."""

_WORD_BYTES = bytes(range(0x80, 0x100)) + b"_" + (string.ascii_letters + string.digits).encode()


class PackageFiles(Protocol):
    """A package's regular files, by paths relative to the folder that holds the manifest."""

    def paths(self) -> Iterable[str]:
        """Return every file's path, with ``/`` between its parts."""
        ...

    def size(self, path: str) -> int:
        """Return the unpacked size in bytes."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """Return the content, of which at most ``limit`` bytes are asked for."""
        ...


class ArchiveFiles:
    """Files inside a package that is open."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def paths(self) -> Iterable[str]:
        """Return the paths of all regular files."""
        return [entry.path for entry in self._archive.entries if not entry.is_dir]

    def size(self, path: str) -> int:
        """Return the unpacked size in bytes, 0 for what is not there."""
        entry = self._archive.find(path)
        return entry.size if entry else 0

    def read(self, path: str, limit: int) -> bytes:
        """Return the content; raises `ArchiveRefused` when it is longer than ``limit``."""
        return self._archive.read(path, limit)


class DirectoryFiles:
    """Files below a folder, such as an unpacked generation. Symbolic links are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def paths(self) -> Iterable[str]:
        """Return the paths of all regular files, sorted."""
        found = []
        for folder, _folders, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    found.append(path.relative_to(self._root).as_posix())
        return sorted(found)

    def size(self, path: str) -> int:
        """Return the file's size; raise ``OSError`` when it is gone."""
        return (self._root / path).stat().st_size

    def read(self, path: str, limit: int) -> bytes:
        """Return at most ``limit`` bytes; raise ``OSError`` when the file is gone."""
        with (self._root / path).open("rb") as stream:
            return stream.read(limit)


class Findings:
    """Collects what readers have to say, in their order, at most `SAME_LIMIT` of one kind."""

    def __init__(self) -> None:
        self.all: list[Finding] = []
        self._count: Counter[str] = Counter()

    def error(
        self, slug: str, message: str, where: str = "", *, hint: str = "", **context: object
    ) -> None:
        """Record a fault that refuses the package; ``hint`` says what to do."""
        self._add(Finding(Severity.ERROR, slug, message, context, where, hint))

    def warning(
        self, slug: str, message: str, where: str = "", *, hint: str = "", **context: object
    ) -> None:
        """Record something that will not work as the author meant it."""
        self._add(Finding(Severity.WARNING, slug, message, context, where, hint))

    def note(self, slug: str, message: str, where: str = "", **context: object) -> None:
        """Record a fact worth knowing."""
        self._add(Finding(Severity.NOTE, slug, message, context, where))

    def _add(self, finding: Finding) -> None:
        self._count[finding.slug] += 1
        if self._count[finding.slug] <= SAME_LIMIT:
            self.all.append(finding)
        elif self._count[finding.slug] == SAME_LIMIT + 1:
            more = _("There are more findings of this kind than are listed.")
            self.all.append(Finding(finding.severity, finding.slug, more))


class Sources:
    """Reads a package's files for all readers together, within `FILE_LIMIT` and `TOTAL_LIMIT`.

    Whatever cannot be read becomes a finding and is answered with None, so no reader ever raises
    because of a package's content.
    """

    def __init__(self, files: PackageFiles) -> None:
        self._files = files
        self._left = TOTAL_LIMIT
        self._tokens_left = TOTAL_TOKEN_LIMIT
        self.findings = Findings()
        self.paths = tuple(sorted(files.paths()))
        self._known = frozenset(self.paths)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def below(self, folder: str, suffix: str = "") -> list[str]:
        """Return the paths inside a folder, at any depth, that end in ``suffix``."""
        start = folder.rstrip("/") + "/"
        return [path for path in self.paths if path.startswith(start) and path.endswith(suffix)]

    def inside(self, folder: str, suffix: str = "") -> list[str]:
        """Return the paths directly inside a folder ("" is the top) that end in ``suffix``."""
        return [
            path
            for path in self.paths
            if path.rpartition("/")[0] == folder and path.endswith(suffix)
        ]

    def size(self, path: str) -> int:
        """Return the unpacked size of one file in bytes."""
        return self._files.size(path)

    def total_size(self) -> int:
        """Return the unpacked size of all files in bytes."""
        return sum(self._files.size(path) for path in self.paths)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None after recording why they cannot be had."""
        try:
            size = self._files.size(path)
            if size > FILE_LIMIT:
                return self._refuse_size(path, size)
            if size > self._left:
                return self._refuse_total(path)
            self._left -= size
            return self._files.read(path, FILE_LIMIT)
        except (OSError, ModuleError) as error:
            self.findings.warning(
                "file-unreadable",
                _("This file could not be read: {reason}."),
                path,
                reason=str(error),
            )
            return None

    def code(self, path: str) -> bytes | None:
        """Return source code for a parser, or None when it is denser than real code."""
        data = self.read(path)
        if data is None:
            return None
        tokens = count_tokens(data)
        if tokens > min(TOKEN_LIMIT, self._tokens_left):
            self.findings.warning(
                "source-too-dense",
                _("This file has about {tokens} words and marks, too many to be read."),
                path,
                tokens=tokens,
            )
            return None
        self._tokens_left -= tokens
        return data

    def text(self, path: str) -> str | None:
        """Return a file's text without a byte order mark; bytes that are not UTF-8 are named."""
        data = self.read(path)
        return None if data is None else self.decode(path, data)

    def decode(self, path: str, data: bytes) -> str:
        """Return bytes as text as `text` does."""
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.findings.warning(
                "file-not-utf8",
                _("This file is not UTF-8 text; the faulty bytes are shown as �."),
                f"{path}:{line}",
            )
            return data.decode("utf-8-sig", errors="replace")

    def _refuse_size(self, path: str, size: int) -> None:
        self.findings.warning(
            "file-too-large-to-read",
            _("This file has {size} bytes; the report reads files up to {limit} bytes."),
            path,
            size=size,
            limit=FILE_LIMIT,
        )

    def _refuse_total(self, path: str) -> None:
        self.findings.warning(
            "package-too-large-to-read",
            _("The report reads {limit} bytes of source at most; this file was left out."),
            path,
            limit=TOTAL_LIMIT,
        )


def count_tokens(data: bytes) -> int:
    """Return an upper estimate of the tokens in source code: words, and marks one by one."""
    words = data.split()
    return len(words) + sum(len(word.translate(None, _WORD_BYTES)) for word in words)
