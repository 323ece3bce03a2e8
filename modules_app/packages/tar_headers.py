"""One 512-byte header of a tar archive, and the extended records that may precede it, strictly.

Read are POSIX ustar and GNU headers with GNU long names and pax records. Where two readers of
tar could disagree (A24), the archive is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from modules_app.packages.refusals import refused

BLOCK = 512
ZERO_BLOCK = bytes(BLOCK)

FILE = b"0"
OLD_FILE = b"\0"
FOLDER = b"5"
GNU_LONG_NAME = b"L"
PAX_NEXT = b"x"
PAX_GLOBAL = b"g"
EXTENSIONS = frozenset({GNU_LONG_NAME, PAX_NEXT, PAX_GLOBAL})

_HARD_LINK = b"1"
_LINKS = frozenset({b"2", b"K"})
_POSIX = b"ustar\x0000"
_GNU = b"ustar  \0"
_OCTAL = re.compile(rb" *([0-7]+)[ \0]+")
_CHECKSUM = slice(148, 156)
_PAX_LENGTH = re.compile(rb"([1-9][0-9]{0,5}) ")
# Times, owner and remarks never decide anything here; path and size are compared or checked.
_INERT = frozenset({"mtime", "atime", "ctime", "comment", "uid", "gid", "uname", "gname"})
_NEXT_KEYS = _INERT | {"path", "size"}


class TarHeader(NamedTuple):
    """One header: ``name`` as written, ``size`` of the content in bytes, ``kind`` the type flag."""

    name: bytes
    size: int
    kind: bytes


def parse_header(block: bytes) -> TarHeader:
    """Return the header in ``block`` (512 bytes). Raises `ArchiveRefused`."""
    name = _text(block[0:100], block)
    _check_sum(block, name)
    kind = block[156:157]
    _check_kind(kind, name)
    prefix = _prefix(block, name)
    if prefix:
        name = prefix + b"/" + name
    if kind not in EXTENSIONS and block[157:257].strip(b"\0"):
        raise refused("archive-tar-header", name, where="link name")
    return TarHeader(name, _number(block[124:136], name), kind)


def parse_long_name(data: bytes) -> bytes:
    """Return the name in a GNU long-name record, which ends with zero bytes only (A10, A24)."""
    name, end, rest = data.partition(b"\0")
    if not end or rest.strip(b"\0"):
        raise refused("archive-name-nul", data)
    return name


def parse_pax(data: bytes, *, is_global: bool) -> dict[str, str]:
    """Return the records of a pax header; keys that could change what is read are refused.

    Accepted are path and size (for the next entry only) and remarks that nobody reads here;
    ``git archive`` writes a global comment, GNU and Python tar write times and owners.
    """
    records: dict[str, str] = {}
    position = 0
    while position < len(data):
        match = _PAX_LENGTH.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or end > len(data) or data[end - 1 : end] != b"\n" or end <= match.end():
            raise refused("archive-tar-header", where="pax record")
        key, value = _pax_pair(data[match.end() : end - 1])
        if key in records or key not in (_INERT if is_global else _NEXT_KEYS):
            raise refused("archive-tar-header", where=f"pax {key[:40]}")
        records[key] = value
        position = end
    return records


def _pax_pair(record: bytes) -> tuple[str, str]:
    try:
        key, equals, value = record.decode("utf-8").partition("=")
    except UnicodeDecodeError as error:
        raise refused("archive-name-encoding", record) from error
    if not equals or not key.isprintable():
        raise refused("archive-tar-header", where="pax record")
    return key, value


def _check_sum(block: bytes, name: bytes) -> None:
    stated = _number(block[_CHECKSUM], name, where="checksum")
    actual = sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" ")
    if stated != actual:
        raise refused("archive-tar-header", name, where="checksum")


def _check_kind(kind: bytes, name: bytes) -> None:
    if kind == _HARD_LINK:
        raise refused("archive-hard-link", name)
    if kind in _LINKS:
        raise refused("archive-link", name)
    if kind not in EXTENSIONS and kind not in (FILE, OLD_FILE, FOLDER):
        raise refused("archive-special-file", name)


def _prefix(block: bytes, name: bytes) -> bytes:
    """Return the ustar name prefix; GNU headers have none, other readers may see one."""
    magic = block[257:265]
    if magic == _POSIX:
        return _text(block[345:500], block)
    if magic == _GNU and not block[345:500].strip(b"\0"):
        return b""
    raise refused("archive-tar-header", name, where="magic")


def _text(field: bytes, block: bytes) -> bytes:
    """Return a zero-terminated field; bytes behind the terminator would hide something (A10)."""
    text, _end, rest = field.partition(b"\0")
    if rest.strip(b"\0"):
        raise refused("archive-name-nul", block[0:100])
    return text


def _number(field: bytes, name: bytes, *, where: str = "size") -> int:
    """Return an octal field; the base-256 form is for sizes beyond every limit, or negative."""
    match = _OCTAL.fullmatch(field) or re.fullmatch(rb"([0-7]{12})", field)
    if match is None:
        raise refused("archive-tar-header", name, where=where)
    return int(match[1], 8)
