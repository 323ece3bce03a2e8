"""Checks of the archive readers that a whole installation would not reach: something is before."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modules_app.exceptions import NotFound
from modules_app.packages.archive import Archive, open_archive
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.limits import ArchiveLimits
from tests.builders import mikopbx, module_json, zip_of


@contextmanager
def file_of(data: bytes) -> Iterator[int]:
    """Give the descriptor of a file with these bytes."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.fileno()


def tar_of(*names: str) -> bytes:
    """Return a tar.gz with a manifest and empty files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in [("module.json", module_json("ModuleTest")), *((n, "") for n in names)]:
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def replace(fd: int, data: bytes) -> None:
    """Put other bytes into an open file."""
    os.ftruncate(fd, 0)
    os.pwrite(fd, data, 0)


def read_all(archive: Archive) -> None:
    """Read every file."""
    for _entry, chunks in archive.files():
        for _chunk in chunks:
            continue


def test_a_folder_is_no_package(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(ArchiveRefused, match="—"):
            open_archive(fd)
    finally:
        os.close(fd)


def test_an_empty_file_is_no_package() -> None:
    with file_of(b"") as fd, pytest.raises(ArchiveRefused) as caught:
        open_archive(fd)
    assert caught.value.slug == "archive-empty"


@pytest.mark.parametrize("data", [mikopbx(), tar_of()])
def test_a_package_that_grew_on_the_disk_is_too_large_there_as_well(data: bytes) -> None:
    limits = ArchiveLimits(packed_bytes=len(data) - 1)
    with file_of(data) as fd, pytest.raises(ArchiveRefused) as caught:
        open_archive(fd, limits)
    assert caught.value.slug == "archive-too-large"


@pytest.mark.parametrize("data", [mikopbx(), tar_of()])
def test_a_file_that_is_not_in_the_package_is_not_found(data: bytes) -> None:
    with file_of(data) as fd, pytest.raises(NotFound):
        open_archive(fd).read("missing.py", 1000)


def test_letters_that_melt_together_are_refused() -> None:
    """Each of them is fine alone; together they have a second spelling."""
    jamo = "\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}.txt"
    data = zip_of({"module.json": module_json("ModuleTest"), jamo: ""})
    with file_of(data) as fd, pytest.raises(ArchiveRefused) as caught:
        open_archive(fd)
    assert caught.value.slug == "archive-name-encoding"


@pytest.mark.parametrize("after", [("a",), ("a", "c"), ("a", "b", "c")])
def test_a_tar_that_changes_between_two_readings_is_refused(after: tuple[str, ...]) -> None:
    with file_of(tar_of("a", "b")) as fd:
        archive = open_archive(fd)
        read_all(archive)
        replace(fd, tar_of(*after))
        with pytest.raises(ArchiveRefused) as caught:
            read_all(archive)
    assert caught.value.slug == "archive-changed"
