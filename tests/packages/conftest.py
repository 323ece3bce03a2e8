"""A data folder for each test, and the one way in which all tests try to install an archive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modules_app.packages.archive import open_archive
from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.fsops import FsOps
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.records import Record
from modules_app.packages.store import generation_name, write_generation
from modules_app.packages.uploads import discard, receive

Install = Callable[..., Record]
Refuse = Callable[..., ArchiveRefused]


def tree(root: Path) -> dict[str, bytes | None]:
    """Return everything below ``root``: content of files, None for the rest."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
    }


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    """An empty data folder."""
    prepared = DataDir(tmp_path / "var")
    prepared.prepare(FsOps())
    return prepared


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[bytes], int]]:
    """Return a function that gives a descriptor of a file with these bytes."""
    fds = []

    def open_bytes(data: bytes) -> int:
        path = tmp_path / f"package{len(fds)}"
        path.write_bytes(data)
        fds.append(os.open(path, os.O_RDONLY))
        return fds[-1]

    yield open_bytes
    for fd in fds:
        os.close(fd)


@pytest.fixture
def install(data_dir: DataDir) -> Install:
    """Return a function that takes a package's bytes through upload, checks and unpacking."""

    def run(data: bytes, *, limits: ArchiveLimits | None = None) -> Record:
        fsops = FsOps()
        received = receive(fsops, data_dir, [data], (limits or ArchiveLimits()).packed_bytes)
        fd = os.open(received.path, os.O_RDONLY)
        try:
            archive = open_archive(fd, limits)
            archive.verify()
            name = generation_name(1, received.sha256)
            return write_generation(
                fsops, data_dir, "ModuleEvil", name, open_archive(fd, limits),
                package_sha256=received.sha256,
            )  # fmt: skip
        finally:
            os.close(fd)
            discard(fsops, data_dir, received.name)

    return run


@pytest.fixture
def refuse(install: Install, data_dir: DataDir, tmp_path: Path) -> Refuse:
    """Return a function that expects a refusal with one of these slugs, and no trace of it."""

    def run(data: bytes, *slugs: str, limits: ArchiveLimits | None = None) -> ArchiveRefused:
        before = tree(tmp_path)
        descriptors = len(os.listdir("/proc/self/fd"))
        with pytest.raises(ArchiveRefused) as caught:
            install(data, limits=limits)
        assert caught.value.slug in slugs, caught.value
        assert str(caught.value).isprintable()
        assert tree(tmp_path) == before
        assert len(os.listdir("/proc/self/fd")) == descriptors
        return caught.value

    return run
