"""Uploads on disk: received once, digested while written, removed when nobody wants them."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from modules_app.packages.contents import check_limit
from modules_app.packages.datadir import DataDir
from modules_app.packages.faults import declare_fault_point, fault_point
from modules_app.packages.fsops import FsOps
from modules_app.packages.refusals import refused

UPLOAD_SYNCED = declare_fault_point("upload.synced", "the upload is durable, no row knows it")

_SUFFIX = ".part"
_NAME = re.compile(r"[0-9a-f-]{36}\.part", re.ASCII)


@dataclass(frozen=True, slots=True)
class Received:
    """One complete upload; ``name`` is ours (a UUID, W07), ``sha256`` hex, ``size`` bytes."""

    name: str
    path: Path
    sha256: str
    size: int


def new_name() -> str:
    """Return a name for a file among the uploads."""
    return f"{uuid.uuid4()}{_SUFFIX}"


def name_of(key: uuid.UUID) -> str:
    """Return the name of the upload whose number stands in an address."""
    return f"{key}{_SUFFIX}"


def receive(
    fsops: FsOps, data_dir: DataDir, chunks: Iterable[bytes], max_bytes: int
) -> Received:
    """Write an upload to ``uploads/<uuid>.part`` (0600) and return it, durable.

    Raises `ArchiveRefused` when it is empty or larger than ``max_bytes``, and whatever
    ``chunks`` raises; then nothing is left behind (A30).
    """
    name = new_name()
    with fsops.directory(data_dir.uploads) as dir_fd:
        try:
            sha256, size = _write(fsops, dir_fd, name, chunks, max_bytes)
            fsops.sync_dir(dir_fd)
        except BaseException:
            fsops.unlink(name, dir_fd)
            raise
    fault_point(UPLOAD_SYNCED)
    return Received(name, data_dir.uploads / name, sha256, size)


def open_upload(data_dir: DataDir, name: str) -> int:
    """Return a descriptor of an upload; the caller closes it. `FileNotFoundError` if gone."""
    with FsOps().directory(data_dir.uploads) as dir_fd:
        return FsOps().open_file(_checked(name), dir_fd)


def discard(fsops: FsOps, data_dir: DataDir, name: str) -> bool:
    """Remove an upload; False if it was gone already."""
    with fsops.directory(data_dir.uploads) as dir_fd:
        return fsops.unlink(_checked(name), dir_fd)


def reap_uploads(
    fsops: FsOps, data_dir: DataDir, *, older_than: float, keep: Collection[str]
) -> list[str]:
    """Remove uploads last written before ``older_than`` (seconds since 1970), except ``keep``.

    Returns the removed names. What an upload that died left behind has no row, so it goes too.
    """
    removed = []
    with fsops.directory(data_dir.uploads) as dir_fd:
        for name in sorted(set(os.listdir(dir_fd)) - set(keep)):
            written = os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_mtime
            if written < older_than and fsops.unlink(name, dir_fd):
                removed.append(name)
    return removed


def _write(
    fsops: FsOps, dir_fd: int, name: str, chunks: Iterable[bytes], max_bytes: int
) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    fd = fsops.create_file(name, dir_fd, mode=0o600)
    try:
        for chunk in chunks:
            size += len(chunk)
            check_limit("archive-too-large", size, max_bytes)
            fsops.write(fd, chunk)
            digest.update(chunk)
        if not size:
            raise refused("archive-empty")
        fsops.sync_file(fd)
    finally:
        os.close(fd)
    return digest.hexdigest(), size


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of an upload: {name!r}")
    return name
