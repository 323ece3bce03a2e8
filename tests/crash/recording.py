"""Runs the real engine and writes down everything that reaches the disk and the core database."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from modules_app.packages.fsops import FsOps
from tests.crash.box import FOLDERS, content_of
from tests.crash.disk import (
    ROOT,
    Commit,
    Disk,
    Event,
    Link,
    Rename,
    Sync,
    Target,
    Unlink,
    Write,
)


class _Seen(NamedTuple):
    inode: int
    node: int
    is_folder: bool
    content: bytes


@dataclass
class Trace:
    """What one run did, in order, from a disk on which everything was durable."""

    start: Disk
    image: bytes
    events: list[Event] = field(default_factory=list)


class Watcher:
    """Finds by looking what has changed below ``root`` since it looked last."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.disk = Disk()
        self._seen: dict[tuple[str, ...], _Seen] = {}
        self._next_node = ROOT + 1
        self._lock = threading.RLock()
        self.events: list[Event] = []
        self._look()
        for event in [*self.events, Sync()]:
            self.disk.apply(event)
        self.events = []

    def add(self, event: Event) -> None:
        """Look for changes first, then take ``event``."""
        with self._lock:
            self._look()
            self.events.append(event)

    def look(self) -> None:
        """Take what has changed."""
        with self._lock:
            self._look()

    def node_at(self, path: Path) -> int | None:
        """Return the node of a path below the root, or None."""
        try:
            parts = path.relative_to(self.root).parts
        except ValueError:
            return None
        seen = self._seen.get(parts)
        return seen.node if seen else (ROOT if not parts else None)

    def _look(self) -> None:
        found = dict(self._walk(self.root, ()))
        self._lost_names(found)
        for path in sorted(found):
            before = self._seen.get(path)
            inode, is_folder, content = found[path]
            if before is None or before.inode != inode:
                node = self._take_name(path, inode, is_folder, content)
                known = content if isinstance(content, Target) else self._content_of(node)
                before = _Seen(inode, node, is_folder, known)
            if content != before.content:
                self.events.append(Write(before.node, content))
            self._seen[path] = before._replace(content=content)

    def _content_of(self, node: int) -> bytes:
        return next((one.content for one in self._seen.values() if one.node == node), b"")

    def _lost_names(self, found: dict[tuple[str, ...], tuple[int, bool, bytes]]) -> None:
        """Take names that are gone, deepest first, and renames within one directory."""
        for path in sorted(self._seen, key=len, reverse=True):
            if path in found:
                continue
            before = self._seen[path]
            new = self._renamed_to(path, before, found)
            if new is None:
                self.events.append(Unlink(self._folder_of(path), path[-1]))
                del self._seen[path]
            else:
                self._move(path, new, before)

    def _renamed_to(
        self,
        path: tuple[str, ...],
        before: _Seen,
        found: dict[tuple[str, ...], tuple[int, bool, bytes]],
    ) -> tuple[str, ...] | None:
        if any(one.inode == before.inode for at, one in self._seen.items() if at != path):
            return None  # another hard link of it
        for other, (inode, _is_folder, _content) in found.items():
            if inode == before.inode and other[:-1] == path[:-1]:
                return other
        return None

    def _move(self, old: tuple[str, ...], new: tuple[str, ...], seen: _Seen) -> None:
        self.events.append(Rename(self._folder_of(old), old[-1], new[-1], seen.node))
        for path in list(self._seen):
            if path[: len(old)] == old:
                self._seen[new + path[len(old) :]] = self._seen.pop(path)

    def _take_name(self, path: tuple[str, ...], inode: int, is_folder: bool, content: bytes) -> int:
        twin = next((one for one in self._seen.values() if one.inode == inode), None)
        if path in self._seen:
            self.events.append(Unlink(self._folder_of(path), path[-1]))
        node = twin.node if twin else self._next_node
        self._next_node += twin is None
        self.disk.make(node, is_folder=is_folder, content=content)
        self.events.append(Link(self._folder_of(path), path[-1], node))
        return node

    def _folder_of(self, path: tuple[str, ...]) -> int:
        return self._seen[path[:-1]].node if len(path) > 1 else ROOT

    def _walk(
        self, folder: Path, path: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, bool, bytes]]]:
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208
        except FileNotFoundError:  # another thread removed it meanwhile
            return
        for name in names:
            if not path and name not in FOLDERS:
                continue
            below = folder / name
            try:
                inode = below.lstat().st_ino
                if below.is_dir() and not below.is_symlink():
                    yield (*path, name), (inode, True, b"")
                    yield from self._walk(below, (*path, name))
                else:
                    yield (*path, name), (inode, False, content_of(below))
            except FileNotFoundError:
                continue


class Site(NamedTuple):
    """A place in the program that asks for a barrier."""

    file: str
    function: str
    call: str

    def __str__(self) -> str:
        return f"{self.call} in {self.file}:{self.function}"


@dataclass(slots=True)
class Barriers:
    """Which places asked for a barrier, and which of them a mutant has taken away."""

    asked: set[Site] = field(default_factory=set)
    removed: frozenset[Site] = frozenset()
    syncfs: bool = True

    def wanted(self, call: str) -> bool:
        """Note who asks; False if this barrier is to be left out."""
        frame = sys._getframe(2)
        site = Site(Path(frame.f_code.co_filename).name, frame.f_code.co_name, call)
        self.asked.add(site)
        return site not in self.removed


class RecordingFsOps(FsOps):
    """The real file operations; each change and each barrier reaches the watcher."""

    def __init__(self, watcher: Watcher, barriers: Barriers) -> None:
        self.watcher = watcher
        self.barriers = barriers

    def sync_file(self, fd: int) -> None:
        """Record a barrier for one file."""
        if self.barriers.wanted("sync_file"):
            self._barrier(fd)

    def sync_dir(self, dir_fd: int) -> None:
        """Record a barrier for the names of one directory."""
        if self.barriers.wanted("sync_dir"):
            self._barrier(dir_fd)

    def sync_tree(self, dir_fd: int, *, parents: Sequence[int] = ()) -> None:
        """Do it as it is done, unless this one is to be left out."""
        if self.barriers.wanted("sync_tree"):
            super().sync_tree(dir_fd, parents=parents)

    def sync_filesystem(self, fd: int) -> bool:
        """Record a barrier for everything, or say that this system has no such call."""
        if self.barriers.syncfs:
            self.watcher.add(Sync())
        return self.barriers.syncfs

    def _barrier(self, fd: int) -> None:
        self.watcher.look()
        path = Path(os.readlink(f"/proc/self/fd/{fd}"))  # noqa: PTH115
        node = self.watcher.node_at(path)
        if node is not None:
            self.watcher.add(Sync(node))


def _watched(name: str) -> Callable[..., Any]:
    original = getattr(FsOps, name)

    def call(self: RecordingFsOps, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        self.watcher.look()
        return result

    return call


for _name in (
    "make_root",
    "make_and_open_dir",
    "create_file",
    "write",
    "replace_content",
    "rename",
    "link",
    "link_open_file",
    "unlink",
    "remove_tree",
):
    setattr(RecordingFsOps, _name, _watched(_name))


class CommitRecorder:
    """Notices each commit of the core database on this thread's connection."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.image = image_of_core()

    def look(self) -> None:
        """Take a commit if there was one since the last look."""
        raw = connection.connection
        if raw is None or raw.in_transaction or raw.total_changes == self._changes:
            return
        self._changes = raw.total_changes
        image = image_of_core()
        if image != self.image:
            self.image = image
            self.watcher.add(Commit(image, durable=_is_durable(raw)))

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the commits of the block."""
        connection.ensure_connection()
        self._changes = connection.connection.total_changes
        commit = connection._commit  # type: ignore[attr-defined]

        def committed() -> None:
            commit()
            self.look()

        connection._commit = committed  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(self._execute):
                yield
        finally:
            connection._commit = commit  # type: ignore[attr-defined]

    def _execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.look()
        return result


def image_of_core() -> bytes:
    """Return all of the core database as one file would hold it."""
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw.serialize()


def _is_durable(raw: sqlite3.Connection) -> bool:
    return int(raw.execute("PRAGMA synchronous").fetchone()[0]) >= 2


def record(root: Path, run: Callable[[FsOps], None], barriers: Barriers | None = None) -> Trace:
    """Run something with recording file operations and return what it did.

    Everything that lies below ``root`` before counts as durable.
    """
    watcher = Watcher(root)
    commits = CommitRecorder(watcher)
    trace = Trace(watcher.disk, commits.image)
    with commits.recording():
        run(RecordingFsOps(watcher, barriers or Barriers()))
    watcher.look()
    trace.events = watcher.events
    return trace
