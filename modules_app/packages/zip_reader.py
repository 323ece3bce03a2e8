"""Packages in zip files. Every byte of the file must be explained by exactly one entry."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator

from modules_app.packages.contents import Archive, Clock, Entry, check_limit, check_totals
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.names import NameBook
from modules_app.packages.refusals import refused
from modules_app.packages.zip_directory import (
    DEFLATED,
    EXTRA_ZIP64,
    FLAG_DESCRIPTOR,
    SATURATED_32,
    ZipMember,
    check_unicode_path,
    parse_extra,
    read_directory,
)

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC = b"PK\x03\x04"
_DESCRIPTOR_MAGIC = b"PK\x07\x08"
_LARGEST_HEADER = _LOCAL.size + 2 * 0xFFFF
# Entries up to this many packed bytes are read and inflated at one go.
_WHOLE = 1024 * 1024
_BLOCK = 256 * 1024


class ZipArchive(Archive):
    """A zip file: entries can be read one by one, in any order."""

    kind = "zip"

    def __init__(self, fd: int, limits: ArchiveLimits, file_size: int) -> None:
        members, end = read_directory(fd, file_size, limits)
        book = NameBook(limits)
        for member in members:
            book.add(member.path, is_dir=member.is_dir)
            check_limit(
                "archive-file-too-large", member.size, limits.file_bytes, entry=member.path
            )
        check_totals(sum(member.size for member in members), file_size, limits)
        super().__init__(
            fd, limits, [Entry(member.path, member.size, member.is_dir) for member in members]
        )
        self._spans = list(
            zip(members, [member.offset for member in members[1:]] + [end], strict=True)
        )
        self._span_of = {
            self._layout.inside(member.path): (member, stop) for member, stop in self._spans
        }
        self._verified = False

    def files(self) -> Iterator[tuple[Entry, Iterable[bytes]]]:
        """Yield each file with its content; see `Archive.files`."""
        yield from self._read(self._spans)
        self._verified = True

    def streams(self, count: int) -> list[Iterator[tuple[Entry, Iterable[bytes]]]]:
        """Cut the archive into parts of about the same number of packed bytes."""
        parts: list[list[tuple[ZipMember, int]]] = [[] for _part in range(count)]
        whole = self._spans[-1][1] if self._spans else 0
        for member, end in self._spans:
            parts[member.offset * count // (whole or 1)].append((member, end))
        return [self._read(part) for part in parts if part]

    def _read(
        self, spans: Iterable[tuple[ZipMember, int]]
    ) -> Iterator[tuple[Entry, Iterable[bytes]]]:
        clock = Clock(self._limits)
        for member, end in spans:
            clock.check()
            chunks = self._chunks(member, end, clock)
            path = None if member.is_dir else self._layout.inside(member.path)
            if path is not None:
                yield self._files[path], chunks
            _drain(chunks)

    def verify(self) -> None:
        """Inflate and check every entry, unless that has been done already."""
        if not self._verified:
            for _entry, _chunks in self.files():
                continue

    def _content(self, entry: Entry) -> bytes:
        member, end = self._span_of[entry.path]
        return b"".join(self._chunks(member, end, Clock(self._limits)))

    def _chunks(self, member: ZipMember, end: int, clock: Clock) -> Iterable[bytes]:
        """Return the content: at once and verified when small, else a verifying generator."""
        span = end - member.offset
        if span > _WHOLE or member.size > _WHOLE:
            return self._stream(member, end, clock)
        block = os.pread(self._fd, span, member.offset)
        start = _check_local(member, block, span)
        packed = block[start : start + member.packed]
        content = _inflate(member, packed) if member.method == DEFLATED else packed
        if len(content) != member.size:
            raise refused("archive-size-lies", member.raw_name)
        if zlib.crc32(content) != member.crc:
            raise refused("archive-checksum", member.raw_name)
        _check_trailer(member, block[start + member.packed :])
        return (content,) if content else ()

    def _stream(self, member: ZipMember, end: int, clock: Clock) -> Iterator[bytes]:
        span = end - member.offset
        head = os.pread(self._fd, min(span, _LARGEST_HEADER), member.offset)
        start = member.offset + _check_local(member, head, span)
        blocks = self._blocks(member, start)
        chunks = _inflate_blocks(member, blocks) if member.method == DEFLATED else blocks
        seen = crc = 0
        for chunk in chunks:
            clock.check()
            seen += len(chunk)
            if seen > member.size:
                break
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if seen != member.size:
            raise refused("archive-size-lies", member.raw_name)
        if crc != member.crc:
            raise refused("archive-checksum", member.raw_name)
        behind = start + member.packed
        _check_trailer(member, os.pread(self._fd, end - behind, behind))

    def _blocks(self, member: ZipMember, start: int) -> Iterator[bytes]:
        for offset in range(0, member.packed, _BLOCK):
            length = min(_BLOCK, member.packed - offset)
            block = os.pread(self._fd, length, start + offset)
            if len(block) != length:
                raise refused("archive-cut-off")
            yield block


def _drain(chunks: Iterable[bytes]) -> None:
    for _chunk in chunks:
        continue


def _inflate(member: ZipMember, packed: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(packed, member.size + 1)
    except zlib.error as error:
        raise refused("archive-checksum", member.raw_name) from error
    if not inflater.eof or inflater.unused_data:
        raise refused("archive-size-lies", member.raw_name)
    return content


def _inflate_blocks(member: ZipMember, blocks: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for block in blocks:
            if inflater.eof:
                raise refused("archive-size-lies", member.raw_name)
            while block and not inflater.eof:
                yield inflater.decompress(block, _BLOCK)
                block = inflater.unconsumed_tail
        while not inflater.eof:
            chunk = inflater.decompress(b"", _BLOCK)
            if not chunk:
                break
            yield chunk
    except zlib.error as error:
        raise refused("archive-checksum", member.raw_name) from error
    if not inflater.eof or inflater.unused_data:
        raise refused("archive-size-lies", member.raw_name)


def _check_local(member: ZipMember, head: bytes, span: int) -> int:
    """Compare the local header with the directory (A20); return where the content starts."""
    if len(head) < _LOCAL.size:
        raise refused("archive-cut-off")
    (magic, _needed, flags, method, _time, _date, crc, packed, size, name_length,
     extra_length) = _LOCAL.unpack_from(head)  # fmt: skip
    extra_at = _LOCAL.size + name_length
    start = extra_at + extra_length
    if magic != _LOCAL_MAGIC or head[_LOCAL.size : extra_at] != member.raw_name:
        raise refused("archive-headers-differ", member.raw_name)
    if flags != member.flags or method != member.method:
        raise refused("archive-headers-differ", member.raw_name)
    if start + member.packed > span:
        raise refused("archive-overlap", member.raw_name)
    if extra_length:
        size, packed = _read_local_extra(member, head[extra_at:start], size, packed)
    # A writer that streams leaves zero what it does not know yet, and writes it behind the data.
    unknown = 0 if flags & FLAG_DESCRIPTOR else None
    truth = (member.crc, member.packed, member.size)
    for stated, true in zip((crc, packed, size), truth, strict=True):
        if stated not in (true, unknown):
            raise refused("archive-size-lies", member.raw_name)
    return start


def _read_local_extra(
    member: ZipMember, extra: bytes, size: int, packed: int
) -> tuple[int, int]:
    fields = parse_extra(extra, member.raw_name)
    check_unicode_path(fields, member.raw_name)
    wide = fields.get(EXTRA_ZIP64)
    if wide is None:
        return size, packed
    if len(wide) != 16:
        raise refused("archive-zip64", member.raw_name)
    large = struct.unpack("<2Q", wide)
    if (size, packed) == (SATURATED_32, SATURATED_32):
        return large
    # Writers reserve the field before they know whether they need it: then empty or the same.
    if large not in ((size, packed), (0, 0)):
        raise refused("archive-zip64", member.raw_name)
    return size, packed


def _check_trailer(member: ZipMember, trailer: bytes) -> None:
    """Check the data descriptor: absent without the flag, else agreeing (A19, A21)."""
    if not member.flags & FLAG_DESCRIPTOR:
        if trailer:
            raise refused("archive-stray-data", member.raw_name, where="between entries")
        return
    stated = trailer.removeprefix(_DESCRIPTOR_MAGIC) if len(trailer) in (16, 24) else trailer
    if len(stated) not in (12, 20):
        raise refused("archive-stray-data", member.raw_name, where="between entries")
    layout = "<3L" if len(stated) == 12 else "<LQQ"
    if struct.unpack(layout, stated) != (member.crc, member.packed, member.size):
        raise refused("archive-size-lies", member.raw_name)
