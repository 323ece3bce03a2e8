"""Packages in tar.gz files: one gzip member around one tar archive, read as a stream."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from modules_app.packages.contents import Archive, Clock, Entry, check_limit, check_totals
from modules_app.packages.limits import MIB, ArchiveLimits
from modules_app.packages.names import NameBook
from modules_app.packages.refusals import refused
from modules_app.packages.tar_headers import (
    BLOCK,
    EXTENSIONS,
    FOLDER,
    GNU_LONG_NAME,
    OLD_FILE,
    PAX_GLOBAL,
    ZERO_BLOCK,
    TarHeader,
    parse_header,
    parse_long_name,
    parse_pax,
)

_READ = 256 * 1024
_WHOLE = MIB
_LARGEST_EXTENSION = 64 * 1024
_LARGEST_PADDING = MIB
# Texts that the validation report reads; kept from the first pass so that it needs no second.
_KEPT_SUFFIXES = (".json", ".xml", ".php", ".py", ".po", ".inc", ".md", ".conf", ".sql")
_KEPT_BYTES = 16 * MIB


class TarArchive(Archive):
    """A tar.gz file. Opening it reads and verifies all; `files` reads it a second time."""

    kind = "tar.gz"

    def __init__(self, fd: int, limits: ArchiveLimits, file_size: int) -> None:
        self._file_size = file_size
        self._kept: dict[str, bytes] = {}
        self._members = self._check_all(fd, limits)
        super().__init__(fd, limits, self._members)

    def files(self) -> Iterator[tuple[Entry, Iterable[bytes]]]:
        """Yield each file with its content; see `Archive.files`."""
        expected = iter(self._members)
        for member, chunks in self._walk(self._fd, self._limits):
            if next(expected, None) != member:
                raise refused("archive-changed")
            path = None if member.is_dir else self._layout.inside(member.path)
            if path is not None:
                yield self._files[path], chunks
        if next(expected, None) is not None:
            raise refused("archive-changed")

    def verify(self) -> None:
        """Do nothing: opening a tar.gz has verified every byte."""

    def _content(self, entry: Entry) -> bytes:
        full = f"{self.root}/{entry.path}" if self.root else entry.path
        if full not in self._kept:
            for found, chunks in self.files():
                if found == entry:
                    return b"".join(chunks)
        return self._kept[full]

    def _check_all(self, fd: int, limits: ArchiveLimits) -> list[Entry]:
        book = NameBook(limits)
        members: list[Entry] = []
        kept = 0
        for member, chunks in self._walk(fd, limits):
            book.add(member.path, is_dir=member.is_dir)
            members.append(member)
            if len(members) > limits.entries:
                raise refused("archive-too-many", actual=len(members), allowed=limits.entries)
            if member.path.endswith(_KEPT_SUFFIXES) and kept + member.size <= _KEPT_BYTES:
                self._kept[member.path] = b"".join(chunks)
                kept += member.size
        return members

    def _walk(self, fd: int, limits: ArchiveLimits) -> Iterator[tuple[Entry, Iterable[bytes]]]:
        """Yield every entry with its chunks; afterwards nothing of the file is unexplained."""
        stream = _GzipStream(fd, limits)
        total = 0
        for header, name in _headers(stream, limits):
            member = _member(header, name)
            total += member.size
            check_limit(
                "archive-file-too-large", member.size, limits.file_bytes, entry=member.path
            )
            check_totals(total, self._file_size, limits)
            chunks = stream.content(member.size)
            yield member, chunks
            for _chunk in chunks:
                continue
        stream.finish()


class _Pending(NamedTuple):
    """What extension records say about the next entry."""

    name: bytes | None = None
    size: str | None = None


def _headers(stream: _GzipStream, limits: ArchiveLimits) -> Iterator[tuple[TarHeader, bytes]]:
    """Yield the headers of real entries with their full names, until the end-of-archive mark."""
    pending: _Pending | None = None
    extensions = 0
    while (block := stream.exactly(BLOCK)) != ZERO_BLOCK:
        header = parse_header(block)
        if header.kind in EXTENSIONS:
            extensions += 1
            if extensions > limits.entries:
                raise refused("archive-too-many", actual=extensions, allowed=limits.entries)
            pending = _extend(pending, header, stream)
            continue
        name = header.name
        if pending is not None:
            name = name if pending.name is None else pending.name
            if pending.size not in (None, str(header.size)):
                raise refused("archive-tar-header", name, where="pax size")
        yield header, name
        pending = None
    if pending is not None:
        raise refused("archive-tar-header", where="extension without an entry")


def _extend(pending: _Pending | None, header: TarHeader, stream: _GzipStream) -> _Pending | None:
    if header.size > _LARGEST_EXTENSION or (pending is not None):
        raise refused("archive-tar-header", header.name, where="extension records")
    data = b"".join(stream.content(header.size))
    if header.kind == GNU_LONG_NAME:
        return _Pending(name=parse_long_name(data))
    records = parse_pax(data, is_global=header.kind == PAX_GLOBAL)
    if header.kind == PAX_GLOBAL:
        return None
    path = records.get("path")
    return _Pending(None if path is None else path.encode(), records.get("size"))


def _member(header: TarHeader, raw_name: bytes) -> Entry:
    try:
        name = raw_name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused("archive-name-encoding", raw_name) from error
    is_dir = header.kind == FOLDER
    if name.endswith("/") and not is_dir:
        where = "type" if header.kind == OLD_FILE else "name"
        raise refused("archive-tar-header", raw_name, where=where)
    if is_dir and header.size:
        raise refused("archive-file-and-folder", raw_name)
    return Entry(name.removesuffix("/") if is_dir else name, header.size, is_dir)


class _GzipStream:
    """The inflated bytes of the one gzip member, never more of them than a limit allows (A25)."""

    def __init__(self, fd: int, limits: ArchiveLimits) -> None:
        self._fd = fd
        self._offset = 0
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._packed = b""
        self._buffer = b""
        self._at = 0
        # Contents, then per entry a header, padding and a long name, each padded, then the end.
        overhead = limits.entries * (6 * BLOCK + limits.name_bytes) + 2 * _LARGEST_PADDING
        self._budget = limits.unpacked_bytes + overhead
        self._clock = Clock(limits)

    def exactly(self, length: int) -> bytes:
        """Return the next ``length`` bytes."""
        end = self._at + length
        if end <= len(self._buffer):
            self._at, start = end, self._at
            return self._buffer[start:end]
        return b"".join(self._pieces(length))

    def content(self, size: int) -> Iterable[bytes]:
        """Return the chunks of one content of ``size`` bytes and skip its padding."""
        if size <= _WHOLE:
            content = self.exactly(size) if size else b""
            self._skip_padding(size)
            return (content,) if content else ()
        return self._content_in_pieces(size)

    def finish(self) -> None:
        """Check the rest: a second zero block, zeros to the end, one member, nothing behind."""
        if self.exactly(BLOCK) != ZERO_BLOCK:
            raise refused("archive-tar-header", where="end mark")
        padding = len(self._rest())
        zeros = not self._rest().strip(b"\0")
        while zeros and padding <= _LARGEST_PADDING and (block := self._more()):
            padding += len(block)
            zeros = not block.strip(b"\0")
        if not zeros or padding > _LARGEST_PADDING or padding % BLOCK:
            raise refused("archive-stray-data", where="behind the end mark")
        self._check_behind_member()

    def _content_in_pieces(self, size: int) -> Iterator[bytes]:
        yield from self._pieces(size)
        self._skip_padding(size)

    def _skip_padding(self, size: int) -> None:
        padding = self.exactly(-size % BLOCK)
        if padding.strip(b"\0"):
            raise refused("archive-stray-data", where="padding")

    def _pieces(self, length: int) -> Iterator[bytes]:
        while length:
            piece = self._buffer[self._at : self._at + length]
            if not piece:
                self._buffer, self._at = self._more(), 0
                if not self._buffer:
                    raise refused("archive-cut-off")
                continue
            self._at += len(piece)
            length -= len(piece)
            yield piece

    def _rest(self) -> bytes:
        return self._buffer[self._at :]

    def _more(self) -> bytes:
        """Return the next inflated bytes; empty at the end of the member or of the file."""
        self._clock.check()
        chunk = b""
        while not chunk and not self._inflater.eof:
            packed = self._packed or self._read()
            try:
                chunk = self._inflater.decompress(packed, _READ)
            except zlib.error as error:
                raise refused("archive-gzip") from error
            self._packed = self._inflater.unconsumed_tail
            if not packed and not chunk and not self._inflater.eof:
                raise refused("archive-cut-off")
        self._budget -= len(chunk)
        if self._budget < 0:
            raise refused("archive-stray-data", where="records of the tar archive")
        return chunk

    def _read(self) -> bytes:
        data = os.pread(self._fd, _READ, self._offset)
        self._offset += len(data)
        return data

    def _check_behind_member(self) -> None:
        if not self._inflater.eof:
            raise refused("archive-gzip")
        behind = self._inflater.unused_data
        while not behind.strip(b"\0"):
            behind = self._read()
            if not behind:
                return
        raise refused("archive-gzip")
