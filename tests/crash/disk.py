"""A weak model of a disk: what may be left of a recorded run when the power goes (reference R3.2).

Until it is synced, each change of a directory and the content of each file may survive or be lost
independently of all others; changes of one name keep their order. Syncing a file makes its content
durable, syncing a directory the names in it, syncing the file system everything written before.
A commit of the core database is durable in order; commits that are mere progress may be lost from
the newest back. Real file systems are kinder.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

ROOT = 0

Entries: TypeAlias = frozenset[tuple[str, int]]
# A file is its bytes, a folder a mapping of names.
Tree: TypeAlias = "Mapping[str, Tree] | bytes"


class Target(bytes):
    """What a symbolic link says. It is never torn: a link and its target are made in one step."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Target({super().__repr__()})"


@dataclass(frozen=True, slots=True)
class Link:
    """``name`` in a directory now means ``node``."""

    folder: int
    name: str
    node: int


@dataclass(frozen=True, slots=True)
class Unlink:
    """``name`` is gone from a directory."""

    folder: int
    name: str


@dataclass(frozen=True, slots=True)
class Rename:
    """``old`` became ``new`` in one step."""

    folder: int
    old: str
    new: str
    node: int


@dataclass(frozen=True, slots=True)
class Write:
    """A file now holds ``content``."""

    node: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Sync:
    """A barrier for one file or directory; without ``node`` for the whole file system."""

    node: int | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """The core database was committed; ``image`` is all of it."""

    image: bytes
    durable: bool


Event: TypeAlias = Link | Unlink | Rename | Write | Sync | Commit


@dataclass
class Disk:
    """Everything that is durable, and everything that may be."""

    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    files: dict[int, bytes] = field(default_factory=dict)
    loose_names: dict[int, list[Link | Unlink | Rename]] = field(default_factory=dict)
    loose_bytes: dict[int, list[bytes]] = field(default_factory=dict)

    def make(self, node: int, *, is_folder: bool, content: bytes = b"") -> None:
        """Know a node before something names it; a new folder is empty, as is a new file."""
        if is_folder:
            self.folders.setdefault(node, {})
        else:
            self.files.setdefault(node, content if isinstance(content, Target) else b"")

    def apply(self, event: Event) -> None:
        """Take the next event of a run."""
        match event:
            case Link() | Unlink() | Rename():
                self.loose_names.setdefault(event.folder, []).append(event)
            case Write():
                self.loose_bytes.setdefault(event.node, []).append(event.content)
            case Sync(node=None):
                for folder in list(self.loose_names):
                    self._settle_names(folder)
                for file in list(self.loose_bytes):
                    self._settle_bytes(file)
            case Sync(node=int(node)):
                self._settle_names(node)
                self._settle_bytes(node)

    def _settle_names(self, folder: int) -> None:
        names = self.folders.get(folder, {})
        for change in self.loose_names.pop(folder, []):
            change_names(names, change)

    def _settle_bytes(self, file: int) -> None:
        versions = self.loose_bytes.pop(file, [])
        if versions:
            self.files[file] = versions[-1]

    def latest(self, node: int = ROOT) -> Tree:
        """Return what a process sees that asks now, without any crash."""
        if node in self.files:
            return self.loose_bytes.get(node, [self.files[node]])[-1]
        names = dict(self.folders[node])
        for change in self.loose_names.get(node, []):
            change_names(names, change)
        return {name: self.latest(below) for name, below in sorted(names.items())}


def change_names(names: dict[str, int], change: Link | Unlink | Rename) -> None:
    """Apply one change to the names of a directory."""
    match change:
        case Link():
            names[change.name] = change.node
        case Unlink():
            names.pop(change.name, None)
        case Rename():
            names.pop(change.old, None)
            names[change.new] = change.node


class CrashStates:
    """All trees that a crash at one moment may leave, counted and reachable by number."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._entries: dict[int, list[Entries]] = {}
        self._contents: dict[int, list[bytes]] = {}
        self._counts: dict[int, int] = {}
        self.count = self._count(ROOT)

    def tree(self, number: int) -> Tree:
        """Return the state with this number, from 0 to ``count``."""
        return self._unrank(ROOT, number)

    def extremes(self) -> Iterator[Tree]:
        """Yield the states in which all, nothing, all but one, or only one change survived."""
        loose = [(node, index) for node, index in self._loose()]
        yield self._choose(lambda _change: True)
        yield self._choose(lambda _change: False)
        for one in loose:
            yield self._choose(lambda change, one=one: change != one)  # type: ignore[misc]
            yield self._choose(lambda change, one=one: change == one)  # type: ignore[misc]

    def certain(self, *path: str) -> Tree | None:
        """Return what lies at ``path`` if it is the same after every crash, else None."""
        node = ROOT
        for name in path:
            if node in self._disk.files:
                return None
            found = {dict(entries).get(name) for entries in self._names(node)}
            if len(found) != 1 or None in found:
                return None
            node = found.pop()  # type: ignore[assignment]
        return self._certain_below(node)

    def _certain_below(self, node: int) -> Tree | None:
        if node in self._disk.files:
            contents = self._bytes(node)
            return contents[0] if len(contents) == 1 else None
        fixed: dict[str, Tree] = {}
        variants = [dict(entries) for entries in self._names(node)]
        for name in sorted({name for entries in variants for name in entries}):
            found = {entries.get(name) for entries in variants}
            if is_scratch(name) or self._is_empty_log(name, found):
                continue
            below = self._certain_below(next(iter(found))) if len(found) == 1 else None  # type: ignore[arg-type]
            if below is None:
                return None
            fixed[name] = below
        return fixed

    def _is_empty_log(self, name: str, nodes: set[int | None]) -> bool:
        return name.endswith("-wal") and all(
            node is None or self._bytes(node) == [b""] for node in nodes
        )

    def _names(self, folder: int) -> list[Entries]:
        if folder not in self._entries:
            variants = {frozenset(self._disk.folders[folder].items())}
            for change in self._disk.loose_names.get(folder, []):
                for entries in list(variants):
                    names = dict(entries)
                    change_names(names, change)
                    variants.add(frozenset(names.items()))
            self._entries[folder] = sorted(variants, key=sorted)
        return self._entries[folder]

    def _bytes(self, file: int) -> list[bytes]:
        if file not in self._contents:
            versions = self._disk.loose_bytes.get(file, [])
            possible = {self._disk.files[file]}
            if versions:
                last = versions[-1]
                possible |= {b"", last[: len(last) // 2], versions[0], last}
            self._contents[file] = sorted(possible)
        return self._contents[file]

    def _count(self, node: int) -> int:
        if node not in self._counts:
            if node in self._disk.files:
                self._counts[node] = len(self._bytes(node))
            else:
                self._counts[node] = sum(self._count_of(names) for names in self._names(node))
        return self._counts[node]

    def _count_of(self, entries: Entries) -> int:
        return math.prod(self._count(node) for _name, node in entries)

    def _unrank(self, node: int, number: int) -> Tree:
        if node in self._disk.files:
            return self._bytes(node)[number]
        for entries in self._names(node):
            if number < (size := self._count_of(entries)):
                break
            number -= size
        tree: dict[str, Tree] = {}
        for name, below in sorted(entries):
            number, rest = divmod(number, self._count(below))
            tree[name] = self._unrank(below, rest)
        return tree

    def _loose(self) -> Iterator[tuple[int, int]]:
        for folder, changes in self._disk.loose_names.items():
            yield from ((folder, index) for index in range(len(changes)))
        yield from ((file, 0) for file in self._disk.loose_bytes)

    def _choose(self, survives) -> Tree:  # type: ignore[no-untyped-def]
        def tree_of(node: int) -> Tree:
            if node in self._disk.files:
                versions = self._disk.loose_bytes.get(node)
                return versions[-1] if versions and survives((node, 0)) else self._disk.files[node]
            names = dict(self._disk.folders[node])
            for index, change in enumerate(self._disk.loose_names.get(node, [])):
                if survives((node, index)):
                    change_names(names, change)
            return {name: tree_of(below) for name, below in sorted(names.items())}

        return tree_of(ROOT)


def is_scratch(name: str) -> bool:
    """Tell names that SQLite makes anew whenever it opens a database."""
    return name.endswith("-shm")


def without_scratch(tree: Tree) -> Tree:
    """Return a tree without what SQLite makes anew."""
    if isinstance(tree, bytes):
        return tree
    return {
        name: without_scratch(below)
        for name, below in tree.items()
        if not is_scratch(name) and not (name.endswith("-wal") and below == b"")
    }


def at(tree: Tree, *path: str) -> Tree | None:
    """Return what lies at ``path`` of a tree, or None."""
    for name in path:
        if isinstance(tree, bytes) or name not in tree:
            return None
        tree = tree[name]
    return tree
