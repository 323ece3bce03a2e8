"""A zip writer that can lie in every field, and the archives that attack with it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

MANIFEST = b'{"moduleUniqueID": "ModuleEvil"}'
UTF8 = 0x0800
DESCRIPTOR = 0x0008
REGULAR = 0o100644 << 16
DOS_FOLDER = 0x10


@dataclass
class Z:
    """One entry; what is None is computed honestly."""

    name: bytes | str
    data: bytes = b"data\n"
    method: int = 8
    flags: int = 0
    external: int | None = None
    local_name: bytes | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_crc: int | None = None
    local_size: int | None = None
    local_packed: int | None = None
    crc: int | None = None
    size: int | None = None
    packed: int | None = None
    body: bytes | None = None
    extra: bytes = b""
    local_extra: bytes = b""
    descriptor: bytes = b""
    before: bytes = b""
    offset: int | None = None
    disk: int = 0
    made: int = 0x0314

    def __post_init__(self) -> None:
        if isinstance(self.name, str):
            self.flags |= 0 if self.name.isascii() else UTF8
            self.name = self.name.encode("utf-8", "surrogatepass")
        if self.external is None:
            self.external = DOS_FOLDER if self.name.endswith(b"/") else REGULAR


@dataclass
class Zip:
    """A whole archive; the fields are what an attacker can bend."""

    entries: list[Z] = field(default_factory=list)
    before: bytes = b""
    before_directory: bytes = b""
    in_directory: bytes = b""
    after_directory: bytes = b""
    comment: bytes = b""
    comment_length: int | None = None
    after: bytes = b""
    count: int | None = None
    directory_offset: int | None = None
    directory_length: int | None = None
    disk: int = 0
    zip64: bool = False
    zip64_changes: dict[str, int] = field(default_factory=dict)

    def build(self) -> bytes:
        """Return the bytes of the archive."""
        out = bytearray(self.before)
        records = b""
        for entry in self.entries:
            out += entry.before
            offset = len(out) if entry.offset is None else entry.offset
            out += _local(entry)
            records += _central(entry, offset)
        out += self.before_directory
        start = len(out) if self.directory_offset is None else self.directory_offset
        out += records + self.in_directory
        length = len(records + self.in_directory)
        length = length if self.directory_length is None else self.directory_length
        out += self.after_directory
        count = len(self.entries) if self.count is None else self.count
        if self.zip64:
            out += _zip64(len(out), count, length, start, self.zip64_changes)
            count, length, start = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        out += self._end(count, length, start)
        return bytes(out + self.comment + self.after)

    def _end(self, count: int, length: int, start: int) -> bytes:
        size = len(self.comment) if self.comment_length is None else self.comment_length
        return struct.pack(
            "<4s4H2LH", b"PK\5\6", self.disk, 0, count & 0xFFFF, count & 0xFFFF, length, start, size
        )


def package(*entries: Z, **changes: object) -> bytes:
    """Return an otherwise valid package with these entries behind its manifest."""
    return Zip([Z("module.json", MANIFEST), *entries], **changes).build()  # type: ignore[arg-type]


def body_of(entry: Z) -> bytes:
    """Return the packed bytes of an entry."""
    if entry.body is not None:
        return entry.body
    return deflate(entry.data) if entry.method == 8 else entry.data


def deflate(data: bytes) -> bytes:
    """Return raw deflate data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def descriptor(entry: Z, *, signature: bool = True, wide: bool = False) -> bytes:
    """Return an honest data descriptor for an entry."""
    layout = "<LQQ" if wide else "<3L"
    sizes = (zlib.crc32(entry.data), len(body_of(entry)), len(entry.data))
    return (b"PK\7\10" if signature else b"") + struct.pack(layout, *sizes)


def streamed(name: str, data: bytes = b"data\n", **options: bool) -> Z:
    """Return an entry as writers produce it who know the size only afterwards."""
    entry = Z(name, data, flags=DESCRIPTOR, local_crc=0, local_size=0, local_packed=0)
    entry.descriptor = descriptor(entry, **options)
    return entry


def unicode_path(raw: bytes, claimed: bytes) -> bytes:
    """Return an Info-ZIP Unicode-path extra field for ``raw`` that claims another name."""
    value = struct.pack("<BL", 1, zlib.crc32(raw)) + claimed
    return struct.pack("<HH", 0x7075, len(value)) + value


def _pick(value: int | None, honest: int) -> int:
    return honest if value is None else value


def _local(entry: Z) -> bytes:
    body = body_of(entry)
    name = entry.name if entry.local_name is None else entry.local_name
    assert isinstance(name, bytes)
    head = struct.pack(
        "<4s5H3L2H",
        b"PK\3\4",
        20,
        _pick(entry.local_flags, entry.flags),
        _pick(entry.local_method, entry.method),
        0,
        0x21,
        _pick(entry.local_crc, zlib.crc32(entry.data)),
        _pick(entry.local_packed, len(body)),
        _pick(entry.local_size, len(entry.data)),
        len(name),
        len(entry.local_extra),
    )
    return head + name + entry.local_extra + body + entry.descriptor


def _central(entry: Z, offset: int) -> bytes:
    assert isinstance(entry.name, bytes)
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            entry.made,
            20,
            entry.flags,
            entry.method,
            0,
            0x21,
            _pick(entry.crc, zlib.crc32(entry.data)),
            _pick(entry.packed, len(body_of(entry))),
            _pick(entry.size, len(entry.data)),
            len(entry.name),
            len(entry.extra),
            0,
            entry.disk,
            0,
            entry.external,
            offset,
        )
        + entry.name
        + entry.extra
    )


def _zip64(
    position: int, count: int, length: int, start: int, changes: dict[str, int]
) -> bytes:
    values = {"size": 44, "disk": 0, "here": count, "count": count, "length": length,
              "start": start, "at": position, "disks": 1} | changes  # fmt: skip
    end = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", values["size"], 45, 45, values["disk"], 0,
        values["here"], values["count"], values["length"], values["start"],
    )  # fmt: skip
    return end + struct.pack("<4sLQL", b"PK\6\7", 0, values["at"], values["disks"])
