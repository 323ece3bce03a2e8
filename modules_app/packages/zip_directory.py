"""The list of contents of a zip file, read strictly: one end record, nothing unexplained.

Only what the central directory says is decided here; `zip_reader` compares it with the local
headers and with the bytes really seen.
"""

from __future__ import annotations

import os
import stat
import struct
import zlib
from typing import NamedTuple

from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.refusals import refused

FLAG_ENCRYPTED = 0x0001
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800
_FLAG_STRONG_ENCRYPTION = 0x2040
_FLAGS_KNOWN = FLAG_DESCRIPTOR | FLAG_UTF8 | 0x0006  # 0x0006: how hard deflate tried

STORED = 0
DEFLATED = 8

SATURATED_16 = 0xFFFF
SATURATED_32 = 0xFFFFFFFF
EXTRA_ZIP64 = 0x0001
EXTRA_UNICODE_PATH = 0x7075
EXTRA_AES = 0x9901

# The specification's version 6.3; what asks for a later one is not a zip that anybody packs.
_NEWEST_FORMAT = 63
_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_MAGIC = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_MAGIC = b"PK\x06\x06"
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_CENTRAL_MAGIC = b"PK\x01\x02"
_MAX_COMMENT = 0xFFFF
# Room for one record of the directory beside its name: fixed part, extra fields, comment.
_RECORD_BYTES = 2048
_DOS_FOLDER = 0x10
_UNIX_SYSTEMS = frozenset({3, 19})  # Unix, OS X


class Directory(NamedTuple):
    """Where the central directory lies: byte offset, byte length, number of records."""

    offset: int
    length: int
    count: int


class ZipMember(NamedTuple):
    """One record of the central directory; sizes and offset in bytes."""

    path: str
    is_dir: bool
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def read_directory(fd: int, file_size: int, limits: ArchiveLimits) -> tuple[list[ZipMember], int]:
    """Return the members ordered by offset, and the offset at which the directory starts."""
    directory = _find_directory(fd, file_size, limits)
    data = os.pread(fd, directory.length, directory.offset)
    if len(data) != directory.length:
        raise refused("archive-cut-off")
    members = _parse_records(data, directory.count)
    members.sort(key=_offset_of)
    _check_spans(members, directory.offset)
    return members, directory.offset


def parse_extra(extra: bytes, name: bytes | str) -> dict[int, bytes]:
    """Return the extra fields by id; refuse malformed lists and a repeated field that we read."""
    fields: dict[int, bytes] = {}
    position = 0
    while position < len(extra):
        if position + 4 > len(extra):
            raise refused("archive-structure", name, where="extra field")
        key, length = struct.unpack_from("<HH", extra, position)
        value = extra[position + 4 : position + 4 + length]
        if len(value) != length or (key in fields and key in (EXTRA_ZIP64, EXTRA_UNICODE_PATH)):
            raise refused("archive-structure", name, where="extra field")
        fields[key] = value
        position += 4 + length
    return fields


def check_unicode_path(fields: dict[int, bytes], raw_name: bytes) -> bool:
    """Return whether a Unicode-path field repeats the name; refuse one that differs (A11)."""
    field = fields.get(EXTRA_UNICODE_PATH)
    if field is None:
        return False
    stated = struct.pack("<BL", 1, zlib.crc32(raw_name)) + raw_name
    if field != stated:
        raise refused("archive-name-encoding", raw_name)
    return True


def _find_directory(fd: int, file_size: int, limits: ArchiveLimits) -> Directory:
    tail_length = min(file_size, _END.size + _MAX_COMMENT)
    tail = os.pread(fd, tail_length, file_size - tail_length)
    at = tail.rfind(_END_MAGIC)
    if at < 0 or at + _END.size > len(tail):
        raise refused("archive-cut-off")
    end = _END.unpack_from(tail, at)
    _magic, disk, first_disk, here, count, length, offset, comment = end
    if at + _END.size + comment != len(tail):
        raise refused("archive-stray-data", where="behind the end record")
    position = file_size - tail_length + at
    locator = os.pread(fd, _LOCATOR.size, max(position - _LOCATOR.size, 0))
    directory, directory_end = Directory(offset, length, count), position
    if position >= _LOCATOR.size and locator.startswith(_LOCATOR_MAGIC):
        directory, directory_end = _read_zip64(fd, position, locator, end)
    elif disk or first_disk or here != count or _is_saturated(length, offset, count):
        raise refused("archive-zip64")
    if directory.count > limits.entries:
        raise refused("archive-too-many", actual=directory.count, allowed=limits.entries)
    if directory.offset + directory.length != directory_end:
        raise refused("archive-stray-data", where="around the central directory")
    if directory.length > directory.count * (_RECORD_BYTES + limits.name_bytes):
        raise refused("archive-structure", where="central directory")
    return directory


def _is_saturated(length: int, offset: int, count: int) -> bool:
    """Tell whether a number is the one that says "look into the ZIP64 record"."""
    return SATURATED_32 in (length, offset) or count == SATURATED_16


def _read_zip64(
    fd: int, end_position: int, locator: bytes, end: tuple[bytes, int, int, int, int, int, int, int]
) -> tuple[Directory, int]:
    """Return the directory as the zip64 records give it, when all records agree (A22)."""
    _magic, first_disk, position, disks = _LOCATOR.unpack(locator)
    data = os.pread(fd, _END64.size, position) if position < end_position else b""
    if first_disk or disks > 1 or len(data) != _END64.size:
        raise refused("archive-zip64")
    magic, size, _made, _needed, disk, cd_disk, here, count, length, offset = _END64.unpack(data)
    adjacent = position + 12 + size == end_position - _LOCATOR.size
    if magic != _END64_MAGIC or size != _END64.size - 12 or not adjacent:
        raise refused("archive-zip64")
    if disk or cd_disk or here != count:
        raise refused("archive-zip64")
    large = (disk, cd_disk, here, count, length, offset)
    limits = (SATURATED_16,) * 4 + (SATURATED_32,) * 2
    for short, long, saturated in zip(end[1:7], large, limits, strict=True):
        if short not in (long, saturated):
            raise refused("archive-zip64")
    return Directory(offset, length, count), position


def _parse_records(data: bytes, count: int) -> list[ZipMember]:
    members = []
    position = 0
    for _number in range(count):
        if position + _CENTRAL.size > len(data):
            raise refused("archive-structure", where="central directory")
        member, position = _parse_record(data, position)
        members.append(member)
    if position != len(data):
        raise refused("archive-stray-data", where="in the central directory")
    return members


def _parse_record(data: bytes, position: int) -> tuple[ZipMember, int]:
    (magic, made, needed, flags, method, _time, _date, crc, packed, size, name_length,
     extra_length, comment_length, disk, _internal, external, offset) = _CENTRAL.unpack_from(
        data, position
    )  # fmt: skip
    name_at = position + _CENTRAL.size
    extra_at = name_at + name_length
    end = extra_at + extra_length + comment_length
    raw_name = data[name_at:extra_at]
    if magic != _CENTRAL_MAGIC or end > len(data) or needed & 0xFF > _NEWEST_FORMAT:
        raise refused("archive-structure", raw_name, where="central directory")
    extra = data[extra_at : extra_at + extra_length]
    fields = parse_extra(extra, raw_name) if extra else {}
    _check_flags(flags, method, fields, raw_name)
    if EXTRA_ZIP64 in fields:
        values = _widen(fields[EXTRA_ZIP64], (size, packed, offset), disk, raw_name)
        size, packed, offset = values
    elif disk or SATURATED_32 in (size, packed, offset):
        raise refused("archive-zip64", raw_name)
    name = _decode_name(raw_name, flags, made, fields)
    is_dir = _check_type(name, external, raw_name)
    if is_dir and size:
        raise refused("archive-file-and-folder", raw_name)
    path = name[:-1] if is_dir else name
    return ZipMember(path, is_dir, raw_name, flags, method, crc, packed, size, offset), end


def _check_flags(flags: int, method: int, fields: dict[int, bytes], name: bytes) -> None:
    encrypted = flags & (FLAG_ENCRYPTED | _FLAG_STRONG_ENCRYPTION)
    if encrypted or method == 99 or EXTRA_AES in fields:
        raise refused("archive-encrypted", name)
    if flags & ~_FLAGS_KNOWN:
        raise refused("archive-structure", name, where="flags")
    if method not in (STORED, DEFLATED):
        raise refused("archive-method", name, method=method)


def _widen(
    field: bytes, values: tuple[int, int, int], disk: int, name: bytes
) -> tuple[int, int, int]:
    """Return size, packed size and offset, each saturated one taken from the zip64 field."""
    if disk:
        raise refused("archive-zip64", name)
    saturated = [value == SATURATED_32 for value in values]
    if not any(saturated) or len(field) != 8 * sum(saturated):
        raise refused("archive-zip64", name)
    large = iter(struct.unpack(f"<{len(field) // 8}Q", field))
    size, packed, offset = (
        next(large) if full else value for value, full in zip(values, saturated, strict=True)
    )
    return size, packed, offset


def _decode_name(raw: bytes, flags: int, made: int, fields: dict[int, bytes]) -> str:
    """Return the name if it has one clear reading (A11).

    That is ASCII, or UTF-8 when it is marked so; also unmarked UTF-8 from a Unix program, because
    Info-ZIP writes it where the locale is UTF-8 and unzip reads it so.
    """
    marked = check_unicode_path(fields, raw) or flags & FLAG_UTF8 or made >> 8 in _UNIX_SYSTEMS
    try:
        return raw.decode("utf-8" if marked else "ascii")
    except UnicodeDecodeError as error:
        raise refused("archive-name-encoding", raw) from error


def _check_type(name: str, external: int, raw_name: bytes) -> bool:
    """Return whether the entry is a folder; name, Unix mode and DOS flag must agree (A05)."""
    is_dir = name.endswith("/")
    kind = stat.S_IFMT(external >> 16)
    if kind == stat.S_IFLNK:
        raise refused("archive-link", raw_name)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused("archive-special-file", raw_name)
    says_dir = kind == stat.S_IFDIR or bool(external & _DOS_FOLDER)
    if (says_dir and not is_dir) or (is_dir and kind == stat.S_IFREG):
        raise refused("archive-file-and-folder", raw_name)
    return is_dir


def _offset_of(member: ZipMember) -> int:
    return member.offset


def _check_spans(members: list[ZipMember], directory_offset: int) -> None:
    """Refuse entries that share bytes (A14) and bytes before the first entry (A21)."""
    starts = [member.offset for member in members] + [directory_offset]
    if starts[0] != 0:
        raise refused("archive-stray-data", where="before the first entry")
    for member, end in zip(members, starts[1:], strict=True):
        if member.offset + 30 + len(member.raw_name) + member.packed > end:
            raise refused("archive-overlap", member.raw_name)
