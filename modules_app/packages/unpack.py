"""Writing the files of a package below one folder, on all the cores that help."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from modules_app.packages.contents import Archive, Entry
from modules_app.packages.fsops import FsOps
from modules_app.packages.records import FileRecord

# Inflating, digesting and writing let other threads run; more than two only wait for the disk.
_THREADS = 2
_WORTH_A_THREAD = 2 * 1024 * 1024

_Files = Iterator[tuple[Entry, Iterable[bytes]]]


def unpack(fsops: FsOps, root_fd: int, archive: Archive) -> dict[str, FileRecord]:
    """Write every folder and file of ``archive`` below ``root_fd``; return the files by path.

    Each byte is verified by the archive and digested on its way to the disk. Nothing is synced.
    """
    made = _make_folders(fsops, root_fd, archive.entries)
    count = _THREADS if archive.unpacked_bytes >= _WORTH_A_THREAD else 1
    streams = archive.streams(count) if count > 1 else [archive.files()]
    if len(streams) == 1:
        return _write_files(fsops, root_fd, made, streams[0])
    written: dict[str, FileRecord] = {}
    with ThreadPoolExecutor(len(streams), thread_name_prefix="unpack") as pool:
        parts = [pool.submit(_write_files, fsops, root_fd, made, files) for files in streams]
        for part in parts:
            written.update(part.result())
    return written


def _make_folders(fsops: FsOps, root_fd: int, entries: Iterable[Entry]) -> set[str]:
    made: set[str] = set()
    wanted = {entry.path if entry.is_dir else entry.path.rpartition("/")[0] for entry in entries}
    folders = _Folders(fsops, root_fd, made)
    try:
        for path in sorted(wanted - {""}):
            folders.enter(path)
    finally:
        folders.close()
    return made


def _write_files(
    fsops: FsOps, root_fd: int, made: set[str], files: _Files
) -> dict[str, FileRecord]:
    written = {}
    folders = _Folders(fsops, root_fd, made)
    try:
        for entry, chunks in files:
            written[entry.path] = _write_file(fsops, folders, entry, chunks)
    finally:
        folders.close()
    return written


def _write_file(
    fsops: FsOps, folders: _Folders, entry: Entry, chunks: Iterable[bytes]
) -> FileRecord:
    parent, _slash, name = entry.path.rpartition("/")
    digest = hashlib.sha256()
    size = 0
    fd = fsops.create_file(name, folders.enter(parent))
    try:
        for chunk in chunks:
            fsops.write(fd, chunk)
            digest.update(chunk)
            size += len(chunk)
    finally:
        os.close(fd)
    return FileRecord(digest.hexdigest(), size)


class _Folders:
    """Descriptors of the folders on the way to the current one; ``made`` are those that exist.

    Archives list a folder's files together, so few are opened twice; never more are open than
    names are deep. Each thread has its own.
    """

    def __init__(self, fsops: FsOps, root_fd: int, made: set[str]) -> None:
        self._fsops = fsops
        self._root_fd = root_fd
        self._path = ""
        self._open: list[tuple[str, int]] = []
        self._made = made

    def enter(self, path: str) -> int:
        """Return the descriptor of the folder ``path``, valid until the next call."""
        if path != self._path:
            self._leave_until_parent_of(path)
            below = path[len(self._current()) :].strip("/")
            for name in below.split("/") if below else ():
                self._descend(name)
            self._path = path
        return self._open[-1][1] if self._open else self._root_fd

    def close(self) -> None:
        """Close every descriptor that is still open."""
        while self._open:
            os.close(self._open.pop()[1])

    def _current(self) -> str:
        return self._open[-1][0] if self._open else ""

    def _leave_until_parent_of(self, path: str) -> None:
        while self._open and not f"{path}/".startswith(self._open[-1][0] + "/"):
            os.close(self._open.pop()[1])

    def _descend(self, name: str) -> None:
        parent, parent_fd = self._open[-1] if self._open else ("", self._root_fd)
        path = f"{parent}/{name}" if parent else name
        if path in self._made:
            fd = self._fsops.open_dir(name, parent_fd)
        else:
            fd = self._fsops.make_and_open_dir(name, parent_fd)
            self._made.add(path)
        self._open.append((path, fd))
