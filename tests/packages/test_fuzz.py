"""Wild input: whatever the bytes, the reader accepts or refuses, and a refusal writes nothing."""

from __future__ import annotations

import contextlib
import io
import os
import random
import zipfile

from hypothesis import example, given, settings
from hypothesis import strategies as st

from modules_app.packages.archive import open_archive
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.names import NameBook, fold
from tests.evil import tars, zips

RANDOM = random.Random(3).randbytes(5000)
SEEDS = [
    zips.package(zips.Z("a/b.php", b"<?php " * 50), zips.Z("d/", b""), zips.streamed("s.bin")),
    zips.Zip([zips.Z("m/module.json"), zips.Z("m/Ж", RANDOM, method=0)], zip64=True).build(),
    tars.package(tars.T("x", RANDOM), tars.pax({"path": "Ж"}), tars.T("y")),
    tars.package(tars.long_name(b"n" * 120), tars.T("x", magic=tars.GNU)),
]
PLAIN_TARS = [
    tars.tar(tars.T("module.json"), tars.pax({"path": "Ж"}), tars.T("y")),
    tars.tar(tars.long_name(b"n" * 120), tars.T("x", magic=tars.GNU), tars.T("module.json")),
]
EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 255), st.sampled_from("scdi")), max_size=5
)


def read_all(data: bytes) -> dict[str, bytes] | None:
    """Return the files of a package, or None when it is refused."""
    fd = os.memfd_create("package")
    try:
        os.write(fd, data)
        archive = open_archive(fd, ArchiveLimits())
        return {entry.path: b"".join(chunks) for entry, chunks in archive.files()}
    except ArchiveRefused as error:
        assert str(error).isprintable()
        return None
    finally:
        os.close(fd)


def full_name(info: zipfile.ZipInfo) -> str:
    """Return the name as Info-ZIP reads it; zipfile takes unmarked names for cp437."""
    if info.flag_bits & zips.UTF8:
        return info.filename
    return info.filename.encode("cp437").decode()


def edited(data: bytes, edits: list[tuple[int, int, str]]) -> bytes:
    """Return ``data`` with bytes set, cut off, doubled or inserted."""
    for position, value, how in edits:
        at = position % (len(data) + 1)
        if how == "s":
            data = data[:at] + bytes([value]) + data[at + 1 :]
        elif how == "c":
            data = data[:at]
        elif how == "d":
            data = data[:at] + data[max(0, at - value) :]
        else:
            data = data[:at] + bytes([value]) + data[at:]
    return data


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08"]))
@example(b"\0" * 18, b"PK\5\6")
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused_and_nothing_else(data, magic):
    assert read_all(magic + data) is None


@given(st.sampled_from(SEEDS), EDITS)
@settings(max_examples=600, deadline=None)
def test_changed_archives_give_the_same_contents_or_are_refused(seed, edits):
    changed = edited(seed, edits)
    contents = read_all(changed)
    if contents is not None and changed.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(changed)) as other:
            theirs = {full_name(info).removeprefix("m/") for info in other.infolist()}
            assert set(contents) == {name for name in theirs if not name.endswith("/")}


@given(st.sampled_from(PLAIN_TARS), EDITS)
@settings(max_examples=400, deadline=None)
def test_changed_tar_headers_are_accepted_or_refused(seed, edits):
    read_all(tars.pack(edited(seed, edits)))


@given(st.text(max_size=40), st.booleans())
@settings(max_examples=1000, deadline=None)
def test_accepted_names_are_plain_relative_paths(name, is_dir):
    with contextlib.suppress(ArchiveRefused):
        NameBook(ArchiveLimits()).add(name, is_dir=is_dir)
        assert not name.startswith("/")
        assert all(part not in ("", ".", "..") for part in name.split("/"))
        assert name.isprintable() and "\\" not in name
        assert fold(fold(name)) == fold(name)
