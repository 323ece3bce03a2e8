"""What both readers offer: the contents of one package, found and checked."""

from __future__ import annotations

import hashlib
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.names import is_startup_name
from modules_app.packages.refusals import refused

MANIFEST_NAMES = ("module.json", "module.xml")
# What the Finder adds beside the real content. Checked as everything, but never unpacked.
_FINDER_FOLDER = "__MACOSX"
_DIGEST_BLOCK = 1024 * 1024


class Entry(NamedTuple):
    """A file or folder of the package; ``path`` is relative to the package's top."""

    path: str
    size: int
    is_dir: bool


class Layout(NamedTuple):
    """Where the package lies inside the archive."""

    root: str
    manifest_name: str

    def inside(self, path: str) -> str | None:
        """Return ``path`` of the archive relative to the package; None for what is left out."""
        if not self.root:
            return None if _is_finder(path) else path
        if path.startswith(self.root + "/"):
            return path[len(self.root) + 1 :]
        return None


class Archive(ABC):
    """A package that was opened for reading; the descriptor stays the caller's.

    Names, structure and limits were checked when it was opened. The bytes of a file are
    verified (size, checksum, headers) before the last of them is handed out; `verify` does so
    for all. Everything raises `ArchiveRefused` when the archive breaks a rule.

    ``kind`` is ``zip`` or ``tar.gz``. ``entries`` are the files and folders of the package,
    ``unpacked_bytes`` their size in sum. ``left_out`` names what the Finder put beside them.
    """

    kind: str
    manifest_names: ClassVar[tuple[str, ...]] = MANIFEST_NAMES

    def __init__(self, fd: int, limits: ArchiveLimits, members: Sequence[Entry]) -> None:
        self._fd = fd
        self._limits = limits
        self._layout = locate(members, self.manifest_names)
        inside = self._layout.inside
        relative = [(inside(member.path), member) for member in members]
        self.entries = tuple(
            Entry(path, member.size, member.is_dir) for path, member in relative if path
        )
        self.left_out = tuple(
            member.path
            for path, member in relative
            if path is None and member.path != self._layout.root
        )
        self._files = {entry.path: entry for entry in self.entries if not entry.is_dir}
        self.unpacked_bytes = sum(entry.size for entry in self.entries)

    @property
    def root(self) -> str:
        """The single top folder that is stripped from names, or an empty text."""
        return self._layout.root

    @property
    def manifest_name(self) -> str:
        """``module.json`` or ``module.xml``."""
        return self._layout.manifest_name

    @abstractmethod
    def files(self) -> Iterator[tuple[Entry, Iterable[bytes]]]:
        """Yield each file with its content in chunks, in archive order, in one pass.

        Read the chunks of one file before you ask for the next file. What you leave unread is
        still read and verified.
        """

    def streams(self, count: int) -> list[Iterator[tuple[Entry, Iterable[bytes]]]]:
        """Return at most ``count`` iterators as `files` is one, which together yield each file.

        Each may be used by a thread of its own.
        """
        return [self.files()]

    @abstractmethod
    def verify(self) -> None:
        """Read and check every byte of the archive, unless that has been done already."""

    @abstractmethod
    def _content(self, entry: Entry) -> bytes:
        """Return the verified bytes of one file."""

    def package_sha256(self) -> str:
        """Return the digest of the archive file itself, read through the same descriptor (W08)."""
        return digest_of(self._fd)

    def find(self, path: str) -> Entry | None:
        """Return the file at ``path``, or None."""
        return self._files.get(path)

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the content of one small file.

        Raises `NotFound` if there is none, `ArchiveRefused` if it is larger than ``max_bytes``.
        """
        entry = self.find(path)
        if entry is None:
            raise NotFound(
                "archive-no-such-file",
                _("The package holds no file “{entry}”."),
                context={"entry": path},
            )
        check_limit("archive-file-too-large", entry.size, max_bytes, entry=path)
        return self._content(entry)


def locate(members: Sequence[Entry], names: tuple[str, ...] = MANIFEST_NAMES) -> Layout:
    """Find the one manifest at the top or in the single top folder (design 6; A08, M09)."""
    files = {member.path for member in members if not member.is_dir}
    root = ""
    if not files.intersection(names):
        tops = {member.path.partition("/")[0] for member in members} - {_FINDER_FOLDER}
        if len(tops) != 1:
            raise refused("archive-no-manifest")
        root = tops.pop()
    prefix = root + "/" if root else ""
    manifests = [name for name in names if prefix + name in files]
    if not manifests:
        raise refused("archive-no-manifest")
    if len(manifests) > 1:
        raise refused("archive-two-manifests")
    for path in files:
        name = path.removeprefix(prefix)
        if "/" not in name and is_startup_name(name):
            raise refused("archive-python-startup", path)
    return Layout(root, manifests[0])


def digest_of(fd: int) -> str:
    """Return the hex sha256 of all bytes of the file, wherever its position is."""
    digest = hashlib.sha256()
    offset = 0
    while block := os.pread(fd, _DIGEST_BLOCK, offset):
        digest.update(block)
        offset += len(block)
    return digest.hexdigest()


def check_limit(slug: str, actual: int, allowed: int, *, entry: str = "") -> None:
    """Refuse with ``slug`` when ``actual`` is above ``allowed``, both in bytes."""
    if actual > allowed:
        raise refused(slug, entry, actual=readable_size(actual), allowed=readable_size(allowed))


def readable_size(size: int) -> str:
    """Return a number of bytes as people read it, such as ``1.5 MiB``."""
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}".replace(".0 ", " ")
    return f"{size} B"


def check_totals(unpacked: int, packed: int, limits: ArchiveLimits) -> None:
    """Refuse too much content, or content that shrinks as only a bomb does (A13)."""
    check_limit("archive-content-too-large", unpacked, limits.unpacked_bytes)
    if unpacked > limits.ratio_from:
        check_limit("archive-bomb", unpacked, limits.ratio * packed)


class Clock:
    """Stops a reading that takes more CPU time than the limits allow."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._allowed = limits.seconds
        self._end = time.thread_time() + limits.seconds

    def check(self) -> None:
        """Raise `ArchiveRefused` when the time is used up."""
        if time.thread_time() > self._end:
            raise refused("archive-too-slow", allowed=self._allowed)


def _is_finder(path: str) -> bool:
    return path.partition("/")[0] == _FINDER_FOLDER
