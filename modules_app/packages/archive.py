"""Open a package, whichever of the two formats it came in."""

from __future__ import annotations

import os
import stat

from modules_app.packages.contents import Archive, Entry, check_limit
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.refusals import refused
from modules_app.packages.tar_reader import TarArchive
from modules_app.packages.zip_reader import ZipArchive

__all__ = ["Archive", "Entry", "open_archive"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_OTHER_FORMATS = (
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"<", "HTML/XML"),
)


def open_archive(fd: int, limits: ArchiveLimits | None = None) -> Archive:
    """Open the package that ``fd`` refers to; its first bytes decide the format (A27).

    ``fd`` must be a regular file and stays open. A tar.gz is read to its end here, as it has no
    list of contents; a zip is inflated by `Archive.verify` or `Archive.files`.
    Raises `ArchiveRefused`.
    """
    limits = limits or ArchiveLimits()
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise refused("archive-unknown-type", found="—")
    if not status.st_size:
        raise refused("archive-empty")
    check_limit("archive-too-large", status.st_size, limits.packed_bytes)
    magic = os.pread(fd, 512, 0)
    if magic.startswith(_ZIP):
        return ZipArchive(fd, limits, status.st_size)
    if magic.startswith(_GZIP):
        return TarArchive(fd, limits, status.st_size)
    raise refused("archive-unknown-type", found=_format_name(magic))


def _format_name(magic: bytes) -> str:
    if magic[257:262] == b"ustar":
        return "tar"
    for start, name in _OTHER_FORMATS:
        if magic.lstrip().startswith(start):
            return name
    return "—"
