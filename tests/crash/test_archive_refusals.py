"""Checks of the archive readers that a whole installation would not reach: something is before."""

from __future__ import annotations

import errno
import io
import itertools
import os
import struct
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from modules_app.exceptions import NotFound
from modules_app.packages import contents, store
from modules_app.packages.archive import Archive, open_archive
from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.fsops import FsOps
from modules_app.packages.limits import ArchiveLimits
from tests.builders import mikopbx, module_json, zip_of
from tests.evil.zips import MANIFEST, Z, Zip


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


def slug_of(data: bytes, limits: ArchiveLimits | None = None) -> str:
    """Return why a package is refused, at the latest when all of it is read."""
    with file_of(data) as fd, pytest.raises(ArchiveRefused) as caught:
        read_all(open_archive(fd, limits))
    return caught.value.slug


LARGE = bytes(range(256)) * 4096 * 5


def zip_with(*entries: Z, **changes: Any) -> bytes:
    """Return a zip with a manifest and these entries."""
    return Zip([Z("module.json", MANIFEST), *entries], **changes).build()


def test_stray_bytes_behind_a_large_file_are_refused_as_behind_a_small_one() -> None:
    for data in (b"small", LARGE):
        stray = zip_with(Z("data.bin", data, method=0), before_directory=b"stray")
        assert slug_of(stray) == "archive-stray-data"


def test_flags_that_nobody_knows_are_refused() -> None:
    assert slug_of(zip_with(Z("a", flags=1 << 7))) == "archive-structure"


def test_bytes_before_the_first_entry_are_refused_even_if_they_look_like_one() -> None:
    assert slug_of(zip_with(before=b"PK\x03\x04 and more")) == "archive-stray-data"


@pytest.mark.parametrize(
    "extra",
    [b"\x05", struct.pack("<HH", 5, 10) + b"x", 2 * (struct.pack("<HH", 1, 8) + b"\0" * 8)],
)
def test_a_list_of_extra_fields_must_be_whole_and_name_each_once(extra: bytes) -> None:
    assert slug_of(zip_with(Z("a", extra=extra))) == "archive-structure"


def test_a_short_wide_field_beside_the_file_is_refused() -> None:
    short = struct.pack("<HHQ", 1, 8, 5)
    assert slug_of(zip_with(Z("a", local_extra=short))) == "archive-zip64"


def test_a_wide_entry_on_another_disk_is_refused() -> None:
    wide = struct.pack("<HHQ", 1, 8, len(b"data\n"))
    other = Z("a", method=0, size=0xFFFFFFFF, extra=wide, disk=1)
    assert slug_of(zip_with(other)) == "archive-zip64"


def test_the_short_end_record_may_not_contradict_the_wide_one() -> None:
    assert slug_of(zip_with(zip64=True, disk=1)) == "archive-zip64"


def test_nothing_hides_behind_deflated_data_that_ends_with_a_block_of_reading() -> None:
    """The reader takes 256 KiB at a time; the data ends exactly there, and more follows."""
    block, piece = 256 * 1024, 0xFFFF
    whole, rest = divmod(8 * block, piece + 5)
    pieces = [b"x" * piece] * whole + [b"x" * (rest - 5)]
    body = b"".join(
        struct.pack("<BHH", number == whole, len(part), len(part) ^ 0xFFFF) + part
        for number, part in enumerate(pieces)
    )
    hidden = body + b"hidden" * block
    data = b"".join(pieces)
    assert len(body) == 8 * block
    entry = Z("data.bin", data, body=hidden)
    assert slug_of(zip_with(entry)) == "archive-size-lies"


def test_a_zip_that_shrinks_between_opening_and_reading_is_refused() -> None:
    with file_of(zip_with(Z("a"))) as fd:
        archive = open_archive(fd)
        os.ftruncate(fd, 10)
        with pytest.raises(ArchiveRefused):
            read_all(archive)


def test_one_large_file_may_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(contents.time, "thread_time", lambda: float(next(ticks)))
    assert (
        slug_of(zip_with(Z("data.bin", LARGE, method=0)), ArchiveLimits(seconds=5))
        == "archive-too-slow"
    )


def test_only_generations_with_our_names_are_written_and_removed(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    data_dir.prepare(FsOps())
    for name in ("code", "1-xyz", "0-01234567"):
        with pytest.raises(ValueError, match="valid name"):
            store.remove_generation(FsOps(), data_dir, "ModuleTest", name)
        with file_of(mikopbx()) as fd, pytest.raises(ValueError, match="valid name"):
            store.write_generation(FsOps(), data_dir, "ModuleTest", name, open_archive(fd))


def test_a_package_is_not_copied_where_a_link_is_forbidden(tmp_path: Path) -> None:
    class Forbidden(FsOps):
        def link_open_file(self, fd: int, new: str, new_dir_fd: int) -> None:
            raise OSError(errno.EACCES, "no")

    data_dir = DataDir(tmp_path)
    data_dir.prepare(FsOps())
    with file_of(mikopbx()) as fd, pytest.raises(PermissionError):
        store.keep_package(Forbidden(), data_dir, fd, "0" * 64)
    assert not list(data_dir.packages.iterdir())
