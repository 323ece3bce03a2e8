"""A tar writer that can lie in every field."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

MANIFEST = b'{"moduleUniqueID": "ModuleEvil"}'
POSIX = b"ustar\x0000"
GNU = b"ustar  \0"
END = bytes(1024)


@dataclass
class T:
    """One entry; what is None is computed honestly."""

    name: bytes | str
    data: bytes = b"data\n"
    kind: bytes = b"0"
    magic: bytes = POSIX
    size: bytes | None = None
    link: bytes = b""
    prefix: bytes = b""
    checksum: bytes | None = None
    mode: bytes = b"0000644\0"
    padding: bytes | None = None

    def build(self) -> bytes:
        """Return header, content and padding."""
        name = self.name.encode() if isinstance(self.name, str) else self.name
        size = b"%011o\0" % len(self.data) if self.size is None else self.size
        head = b"".join([
            name.ljust(100, b"\0"), self.mode, b"0000000\0", b"0000000\0", size.ljust(12, b"\0"),
            b"%011o\0" % 0, b" " * 8, self.kind, self.link.ljust(100, b"\0"), self.magic,
            bytes(32), bytes(32), bytes(16), self.prefix.ljust(155, b"\0"), bytes(12),
        ])  # fmt: skip
        assert len(head) == 512, len(head)
        checksum = b"%06o\0 " % sum(head) if self.checksum is None else self.checksum
        head = head[:148] + checksum + head[156:]
        padding = bytes(-len(self.data) % 512) if self.padding is None else self.padding
        return head + self.data + padding


def tar(*entries: T, end: bytes = END) -> bytes:
    """Return a tar archive of exactly these entries."""
    return b"".join(entry.build() for entry in entries) + end


def package(*entries: T, end: bytes = END) -> bytes:
    """Return a tar.gz package with these entries behind its manifest."""
    return pack(tar(T("module.json", MANIFEST), *entries, end=end))


def pack(data: bytes) -> bytes:
    """Return one gzip member."""
    return gzip.compress(data, mtime=0)


def long_name(name: bytes) -> T:
    """Return a GNU long-name record."""
    return T(b"././@LongLink", name + b"\0", kind=b"L", magic=GNU)


def pax(records: dict[str, str], kind: bytes = b"x") -> T:
    """Return a pax record, for the next entry or global."""
    return T(b"pax", b"".join(pax_line(key, value) for key, value in records.items()), kind=kind)


def pax_line(key: str, value: str) -> bytes:
    """Return one pax line with its own length in front."""
    rest = f" {key}={value}\n".encode()
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest
