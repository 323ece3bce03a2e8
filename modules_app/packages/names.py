"""Which names an archive may use: rules of reference R2.2 with the exceptions of design 6.

Names are refused, never repaired: a reader that repairs and a signature that covers the
original would disagree.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.refusals import refused

# Nearly every real name; what does not match takes the slow path that can say why.
_ORDINARY = re.compile(r"[A-Za-z0-9_+@$~!#%&(),;=\[\]{}^`' .-]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN_ASCII = frozenset('\\:*?"<>|')
# Letters by category that show nothing on screen: the Hangul fillers.
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [port + digit for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_STARTUP_SUFFIX = ".pth"
_STARTUP_NAMES = frozenset({"sitecustomize.py", "usercustomize.py"})


class _Kind(Enum):
    FILE = auto()
    FOLDER = auto()
    IMPLIED_FOLDER = auto()


class NameBook:
    """All names of one archive; refuses what is unsafe by itself or beside the others."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits
        self._seen: dict[str, tuple[str, _Kind]] = {}
        self._folder_keys: dict[str, str] = {"": ""}

    def add(self, path: str, *, is_dir: bool) -> None:
        """Check ``path`` (no trailing slash) and remember it. Raises `ArchiveRefused`."""
        self._check_whole(path)
        parent, _slash, leaf = path.rpartition("/")
        check_component(leaf, path)
        if not is_dir:
            check_not_startup(leaf, path)
        key = f"{self._folder(parent)}/{fold(leaf)}"
        self._claim(key, path, _Kind.FOLDER if is_dir else _Kind.FILE)

    def _check_whole(self, path: str) -> None:
        limits = self._limits
        if "\0" in path:
            raise refused("archive-name-nul", path)
        if path.startswith(("/", "\\")) or _DRIVE.match(path):
            raise refused("archive-name-absolute", path)
        if len(path.encode()) > limits.name_bytes:
            raise refused("archive-name-too-long", path, allowed=limits.name_bytes)
        if path.count("/") >= limits.depth:
            raise refused("archive-too-deep", path, allowed=limits.depth)

    def _folder(self, path: str) -> str:
        key = self._folder_keys.get(path)
        if key is None:
            parent, _slash, leaf = path.rpartition("/")
            check_component(leaf, path)
            key = f"{self._folder(parent)}/{fold(leaf)}"
            self._claim(key, path, _Kind.IMPLIED_FOLDER)
            self._folder_keys[path] = key
        return key

    def _claim(self, key: str, path: str, kind: _Kind) -> None:
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = (path, kind)
            return
        other, other_kind = before
        if other != path:
            raise refused("archive-collision", path, other=other)
        if (kind is _Kind.FILE) != (other_kind is _Kind.FILE):
            raise refused("archive-file-and-folder", path)
        if kind is other_kind and kind is not _Kind.IMPLIED_FOLDER:
            raise refused("archive-duplicate", path)
        if kind is _Kind.FOLDER:
            self._seen[key] = (path, kind)


def check_component(name: str, path: str) -> None:
    """Refuse one part of ``path`` that is unsafe on some system (A01, A04, A09, A29)."""
    if name in ("", ".", ".."):
        raise refused("archive-name-relative", path)
    if not _ORDINARY.fullmatch(name):
        _check_characters(name, path)
    if name[-1] in ". ":
        raise refused("archive-name-ending", path)
    folded = name.casefold()
    if folded.partition(".")[0].rstrip(" ") in _DEVICES:
        raise refused("archive-name-device", path)
    if folded == ".git":
        raise refused("archive-git", path)


def check_not_startup(name: str, path: str) -> None:
    """Refuse files that run at Python's start (A28).

    A .pth runs code as soon as its folder becomes a site folder. Other files that A28 names are
    inert here and real packages carry them: module code is imported under its own package prefix,
    so json.py shadows nothing; byte code is never read; shared objects come in node bundles.
    """
    if name.casefold().endswith(_STARTUP_SUFFIX):
        raise refused("archive-python-startup", path)


def is_startup_name(name: str) -> bool:
    """Return whether a file of this name at the top of a package is refused (A28)."""
    return name.casefold() in _STARTUP_NAMES


def fold(name: str) -> str:
    """Return the key under which some file system takes two names for one (A08, A09)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _check_characters(name: str, path: str) -> None:
    for character in name:
        if not _allowed(character):
            label = unicodedata.name(character, "")
            shown = f"U+{ord(character):04X} {label}".strip()
            raise refused("archive-name-character", path, character=shown)
    if not unicodedata.is_normalized("NFC", name):
        raise refused("archive-name-encoding", path)


def _allowed(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and character not in _FORBIDDEN_ASCII
    return (
        unicodedata.category(character).startswith("L")
        and character not in _INVISIBLE_LETTERS
        and unicodedata.normalize("NFKC", character) == character
    )
