"""File operations: nothing follows links, nothing is half written, a failed sync is final."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys

import pytest

from modules_app.packages import faults, fsops
from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import StorageFailed
from modules_app.packages.fsops import FsOps


@pytest.fixture
def ops() -> FsOps:
    """Real file operations."""
    return FsOps()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", "a\0b"])
def test_names_are_single_components(ops, tmp_path, name):
    with ops.directory(tmp_path) as dir_fd:
        for call in (ops.make_dir, ops.create_file, ops.unlink, ops.remove_tree, ops.open_dir,
                     ops.open_file):  # fmt: skip
            with pytest.raises(ValueError, match="plain file name"):
                call(name, dir_fd)


def test_symbolic_links_are_never_followed(ops, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"precious")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "dir").symlink_to(outside)
    (inside / "link").symlink_to(outside / "file")
    with ops.directory(tmp_path) as dir_fd, ops.directory(inside) as inside_fd:
        for call in (ops.open_dir, ops.ensure_dir, ops.remove_tree):
            with pytest.raises(OSError):
                call("dir", inside_fd)
        for call in (ops.open_file, ops.create_file):
            with pytest.raises(OSError):
                call("link", inside_fd)
        assert ops.remove_tree("inside", dir_fd)
        assert not ops.remove_tree("inside", dir_fd)
    assert (outside / "file").read_bytes() == b"precious"
    assert not inside.exists()


def test_modes_do_not_depend_on_the_umask(ops, tmp_path):
    before = os.umask(0o077)
    try:
        with ops.directory(tmp_path) as dir_fd:
            os.close(ops.create_file("f", dir_fd, mode=0o644))
            ops.make_dir("d", dir_fd, mode=0o755)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o755


def test_an_existing_file_is_never_overwritten_by_create(ops, tmp_path):
    (tmp_path / "f").write_bytes(b"old")
    with ops.directory(tmp_path) as dir_fd, pytest.raises(FileExistsError):
        ops.create_file("f", dir_fd)


def test_an_atomic_write_replaces_the_file_and_leaves_nothing_else(ops, tmp_path):
    ops.write_file_atomically(tmp_path, "registry.json", b"one")
    with ops.directory(tmp_path) as dir_fd:
        ops.write_file_atomically(dir_fd, "registry.json", b"two", mode=0o640)
    assert os.listdir(tmp_path) == ["registry.json"]
    assert (tmp_path / "registry.json").read_bytes() == b"two"
    assert stat.S_IMODE((tmp_path / "registry.json").stat().st_mode) == 0o640


def test_an_atomic_write_that_fails_leaves_the_old_file(tmp_path):
    class Failing(FsOps):
        def sync_file(self, fd: int) -> None:
            raise fsops.storage_failed(OSError(errno.EIO, "x"), "fsync")

    FsOps().write_file_atomically(tmp_path, "f", b"old")
    with pytest.raises(StorageFailed):
        Failing().write_file_atomically(tmp_path, "f", b"new")
    assert os.listdir(tmp_path) == ["f"]
    assert (tmp_path / "f").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("code", "slug"), [(errno.ENOSPC, "storage-full"), (errno.EIO, "storage-failed")]
)
def test_a_full_or_broken_disk_is_said_in_a_sentence(ops, monkeypatch, code, slug):
    def fail(*_arguments: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fsops.os, "write", fail)
    with pytest.raises(StorageFailed) as caught:
        ops.write(99, b"data")
    assert caught.value.slug == slug


def test_a_really_full_device_is_reported(ops):
    fd = os.open("/dev/full", os.O_WRONLY)
    try:
        with pytest.raises(StorageFailed) as caught:
            ops.write(fd, b"data")
    finally:
        os.close(fd)
    assert caught.value.slug == "storage-full"


def test_a_failed_fsync_is_final(ops, monkeypatch):
    calls = []

    def fail(fd: int) -> None:
        calls.append(fd)
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(fsops.os, "fsync", fail)
    with pytest.raises(StorageFailed):
        ops.sync_file(1)
    assert calls == [1]


def test_a_failed_syncfs_is_final_and_not_replaced_by_fsync(ops, monkeypatch, tmp_path):
    def fail(_fd: int) -> int:
        fsops.ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(fsops, "_SYNCFS", fail)
    monkeypatch.setattr(fsops.os, "fsync", lambda _fd: pytest.fail("retried"))
    with ops.directory(tmp_path) as dir_fd, pytest.raises(StorageFailed):
        ops.sync_tree(dir_fd)


def test_without_syncfs_every_file_and_folder_is_synced_children_first(ops, monkeypatch, tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(b"x")
    (tmp_path / "a/link").symlink_to("b/file")
    synced: list[str] = []
    monkeypatch.setattr(fsops, "_SYNCFS", None)
    monkeypatch.setattr(
        fsops.os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}"))
    )
    with ops.directory(tmp_path) as parent, ops.directory(tmp_path / "a") as dir_fd:
        ops.sync_tree(dir_fd, parents=(parent,))
    expected = [tmp_path / "a/b/file", tmp_path / "a/b", tmp_path / "a", tmp_path]
    assert synced == [str(path) for path in expected]


def test_a_partial_write_is_completed(ops, monkeypatch, tmp_path):
    real = os.write
    monkeypatch.setattr(fsops.os, "write", lambda fd, data: real(fd, bytes(data[:3])))
    with ops.directory(tmp_path) as dir_fd:
        fd = ops.create_file("f", dir_fd)
        ops.write(fd, b"0123456789")
        os.close(fd)
    assert (tmp_path / "f").read_bytes() == b"0123456789"


def test_a_tree_with_closed_folders_can_be_removed(ops, tmp_path):
    (tmp_path / "t/closed").mkdir(parents=True)
    (tmp_path / "t/closed/file").write_bytes(b"x")
    (tmp_path / "t/closed").chmod(0o500)
    with ops.directory(tmp_path) as dir_fd:
        assert ops.remove_tree("t", dir_fd)
    assert not (tmp_path / "t").exists()


def test_the_data_folder_has_its_folders_and_restores_their_modes(ops, tmp_path):
    data_dir = DataDir(tmp_path / "deep/var")
    data_dir.prepare(ops)
    data_dir.uploads.chmod(0o777)
    (data_dir.run / "socket").write_bytes(b"")
    data_dir.prepare(ops)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_dir.root.iterdir()}
    assert modes == {
        "store": 0o750, "data": 0o750, "packages": 0o700, "uploads": 0o700,
        "etc": 0o750, "log": 0o750, "run": 0o750, "backups": 0o700, "trash": 0o700,
    }  # fmt: skip
    assert (data_dir.run / "socket").exists()
    assert data_dir.etc_ == data_dir.root / "etc"


FAULT_SCRIPT = """
import sys
from modules_app.packages.faults import declare_fault_point, fault_point
fault_point(declare_fault_point("test.point", "a test"))
print("alive")
"""


@pytest.mark.parametrize(
    ("setting", "status", "output"),
    [("", 0, "alive\n"), ("other:kill9", 0, "alive\n"), ("test.point:kill9", -signal.SIGKILL, ""),
     ("test.point:exit", faults.EXIT_STATUS, ""), ("test.point:raise", 1, ""),
     ("test.point:typo", 1, "")],
)  # fmt: skip
def test_a_fault_point_does_what_the_environment_asks(setting, status, output):
    done = subprocess.run(
        [sys.executable, "-c", FAULT_SCRIPT], env={**os.environ, "PBX_FAULT": setting},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (status, output)


def test_an_undeclared_fault_point_is_a_mistake():
    with pytest.raises(ValueError, match="never declared"):
        faults.fault_point("nobody.knows")
