"""Uploads: private, digested, bounded, and gone when they fail (A30, W06, W07)."""

from __future__ import annotations

import hashlib
import os
import stat

import pytest

from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.fsops import FsOps
from modules_app.packages.uploads import discard, open_upload, reap_uploads, receive


def test_an_upload_is_private_and_named_by_us(data_dir):
    received = receive(FsOps(), data_dir, [b"one", b"two"], 6)
    assert received.path.read_bytes() == b"onetwo"
    assert received.path.name == received.name
    assert received.sha256 == hashlib.sha256(b"onetwo").hexdigest()
    assert received.size == 6
    assert stat.S_IMODE(received.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.uploads.stat().st_mode) == 0o700


def test_an_upload_is_private_from_its_first_byte(data_dir):
    def chunks():
        yield b"x"
        (path,) = data_dir.uploads.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    receive(FsOps(), data_dir, chunks(), 10)


def test_an_upload_above_the_limit_is_refused_without_reading_on(data_dir):
    read = []

    def chunks():
        for number in range(100):
            read.append(number)
            yield b"x" * 10

    with pytest.raises(ArchiveRefused) as caught:
        receive(FsOps(), data_dir, chunks(), 25)
    assert caught.value.slug == "archive-too-large"
    assert len(read) == 3
    assert os.listdir(data_dir.uploads) == []


def test_an_empty_upload_is_refused(data_dir):
    with pytest.raises(ArchiveRefused) as caught:
        receive(FsOps(), data_dir, [], 25)
    assert caught.value.slug == "archive-empty"
    assert os.listdir(data_dir.uploads) == []


def test_an_upload_that_dies_leaves_nothing(data_dir):
    def chunks():
        yield b"x" * 99
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(FsOps(), data_dir, chunks(), 100)
    assert os.listdir(data_dir.uploads) == []


def test_discarding_may_be_repeated_but_takes_only_our_names(data_dir):
    received = receive(FsOps(), data_dir, [b"x"], 10)
    fd = open_upload(data_dir, received.name)
    assert os.pread(fd, 10, 0) == b"x"
    os.close(fd)
    assert discard(FsOps(), data_dir, received.name)
    assert not discard(FsOps(), data_dir, received.name)
    for name in ("../core.sqlite3", "x", "", f"../uploads/{received.name}"):
        with pytest.raises(ValueError):
            discard(FsOps(), data_dir, name)
        with pytest.raises(ValueError):
            open_upload(data_dir, name)


def test_the_reaper_takes_what_is_old_and_unknown(data_dir):
    names = [receive(FsOps(), data_dir, [b"x"], 10).name for _number in range(3)]
    for name in names[:2]:
        os.utime(data_dir.uploads / name, (1000, 1000))
    assert reap_uploads(FsOps(), data_dir, older_than=2000, keep={names[0]}) == [names[1]]
    assert set(os.listdir(data_dir.uploads)) == {names[0], names[2]}
