"""An installation that can be set to any state of its disk and its core database within a moment.

Not for use inside pytest's own database: the core database is a real file here. Call `open_box`
once per process, before anything else of Django.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.crash.disk import Target, Tree

if TYPE_CHECKING:
    from modules_app.operator.tools import Tools
    from modules_app.processes.zygote import Zygote
    from tests.lifecycle import Life

# What a crash is about; locks, sockets, logs and copies of the core database are not.
FOLDERS = ("store", "data", "packages", "uploads", "etc")


@dataclass(frozen=True, slots=True)
class State:
    """One moment: the files of the data folder and the core database."""

    tree: Tree
    image: bytes


@dataclass(slots=True)
class Box:
    """An installation below ``root``, alone in its process."""

    root: Path
    zygote: Zygote
    # What the stand-in for the host says of every module.
    loads: bool = True

    def tools(self, fsops: Any = None) -> Tools:
        """Return what the operator works with; the host of it loads everything or nothing."""
        from modules_app.operator.tools import Tools
        from modules_app.packages.datadir import DataDir
        from modules_app.packages.fsops import FsOps
        from tests.crash.host import HostOfWord

        data_dir = DataDir(self.root)
        return Tools(fsops or FsOps(), data_dir, self.zygote, HostOfWord(data_dir, self.loads))

    def life(self, fsops: Any = None) -> Life:
        """Return the verbs of `tests.lifecycle` on this installation."""
        from tests.lifecycle import Life

        return Life(self.tools(fsops))

    def save(self) -> State:
        """Return the present state."""
        from tests.crash.recording import image_of_core

        settle_threads()
        tree = {name: read_tree(self.root / name) for name in FOLDERS}
        return State(tree, image_of_core())

    def load(self, state: State) -> None:
        """Make ``state`` the present one."""
        from django.db import connection

        settle_threads()
        connection.close()
        for name in FOLDERS:
            shutil.rmtree(self.root / name, ignore_errors=True)
        assert not isinstance(state.tree, bytes)
        for name, below in state.tree.items():
            write_tree(self.root / name, below)
        core = self.root / "core.sqlite3"
        for suffix in ("-wal", "-shm"):
            core.with_name(core.name + suffix).unlink(missing_ok=True)
        core.write_bytes(state.image)


@contextmanager
def open_box() -> Iterator[Box]:
    """Yield a fresh installation without modules, on which the operator started once."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    parent = memory if os.access(memory, os.W_OK) else None
    root = Path(tempfile.mkdtemp(prefix="pbxadmin-crash-", dir=parent))
    os.environ["PBX_DATA_DIR"] = str(root)
    os.environ["DJANGO_SETTINGS_MODULE"] = "pbxadmin.settings.test"
    try:
        with _started(root) as box:
            yield box
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _started(root: Path) -> Iterator[Box]:
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.CRITICAL)
    from modules_app.operator.recovery import recover
    from modules_app.packages.datadir import DataDir
    from modules_app.packages.fsops import FsOps
    from modules_app.processes.zygote import Zygote

    DataDir(root).prepare(FsOps())
    call_command("migrate", verbosity=0)
    zygote = Zygote(
        settings_module="pbxadmin.settings.host", label="crash", preload=("modules_app.host.child",)
    )
    box = Box(root, zygote)
    try:
        recover(box.tools())
        yield box
    finally:
        zygote.close()


def settle_threads(seconds: float = 40.0) -> None:
    """Wait until the watch over a fence has ended, so that nothing changes behind a test's back."""
    for thread in threading.enumerate():
        if "_watch" in thread.name:
            thread.join(seconds)


def read_tree(path: Path) -> Tree:
    """Return a folder as names, a file as its bytes, a symbolic link as its target."""
    if path.is_dir() and not path.is_symlink():
        return {below.name: read_tree(below) for below in sorted(path.iterdir())}
    return content_of(path)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file, the target of a symbolic link."""
    return Target(os.fsencode(path.readlink())) if path.is_symlink() else path.read_bytes()


def write_tree(path: Path, tree: Tree) -> None:
    """Write what `read_tree` returned."""
    if isinstance(tree, Target):
        path.symlink_to(os.fsdecode(tree))
        return
    if isinstance(tree, bytes):
        path.write_bytes(tree)
        return
    path.mkdir(mode=0o750)
    for name, below in tree.items():
        write_tree(path / name, below)


def rows_of(image: bytes, query: str) -> list[tuple[Any, ...]]:
    """Ask an image of a database."""
    # A database in memory has no write-ahead log; the header must not ask for one.
    plain = image[:18] + b"\x01\x01" + image[20:]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(plain)
        return connection.execute(query).fetchall()
