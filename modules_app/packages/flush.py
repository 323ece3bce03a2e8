"""One sync for all that an operation writes, before the commit that names it (reference R4.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from modules_app.packages.fsops import FsOps


@contextmanager
def synced(fsops: FsOps, path: Path) -> Iterator[Callable[[], None]]:
    """Make durable what the block writes below ``path``; without an error of its own, at its end.

    Yields a function that lets the disk start on what is written so far while the block goes on.
    The kernel tells a descriptor only of errors that came after it was opened, so the descriptor
    is opened first (R1.3). Raises `StorageFailed`.
    """
    early: list[Future[bool]] = []
    with fsops.directory(path) as fd, ThreadPoolExecutor(1, thread_name_prefix="flush") as pool:
        yield lambda: early.append(pool.submit(fsops.sync_filesystem, fd))
        for started in early:
            started.result()
        fsops.sync_tree(fd)
