"""The store: written once, durable, verifiable; a failure or a crash leaves only garbage."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from modules_app.exceptions import NotFound
from modules_app.packages import store
from modules_app.packages.archive import open_archive
from modules_app.packages.errors import ArchiveRefused, StorageFailed, StoreDamaged
from modules_app.packages.faults import declared_fault_points
from modules_app.packages.fsops import FsOps
from modules_app.packages.store import (
    generation_name,
    keep_package,
    load_record,
    make_executable,
    open_package,
    reap_packages,
    remove_generation,
    remove_module_dirs,
    write_generation,
)
from modules_app.packages.uploads import receive
from modules_app.packages.verification import Problem, ProblemKind, verify_generation
from tests.evil.zips import Z, package
from tests.packages.conftest import tree

DATA = package(Z("a/b/c.php", b"<?php"), Z("a/d.php", b"d"), Z("e/f.php", b"f"), Z("a/g", b""),
               Z("empty/", b""))  # fmt: skip
SHA256 = "0123456789abcdef" * 4
GENERATION = generation_name(7, SHA256)


@pytest.fixture
def record(data_dir, opened):
    """The record of one installed generation."""
    return write_generation(FsOps(), data_dir, "ModuleA", GENERATION, open_archive(opened(DATA)))


def code(data_dir) -> Path:
    """The folder with the files of that generation."""
    return data_dir.generation("ModuleA", GENERATION) / "code"


def test_a_generation_has_counter_and_digest_in_its_name():
    assert GENERATION == "7-01234567"
    with pytest.raises(ValueError):
        generation_name(0, SHA256)


@pytest.mark.parametrize("module_id", ["", "..", "a/b", "1a", "é", "x" * 65, "Module\n"])
def test_ids_that_could_lead_elsewhere_are_refused(data_dir, opened, module_id):
    with pytest.raises(ValueError, match="not a valid name"):
        write_generation(FsOps(), data_dir, module_id, GENERATION, open_archive(opened(DATA)))
    with pytest.raises(ValueError, match="not a valid name"):
        remove_module_dirs(FsOps(), data_dir, module_id, data=True)


def test_the_files_lie_below_code_and_the_record_beside(data_dir, record):
    files = {path for path, content in tree(code(data_dir)).items() if content is not None}
    assert files == set(record.files) == {"module.json", "a/b/c.php", "a/d.php", "e/f.php", "a/g"}
    assert (code(data_dir) / "empty").is_dir()
    assert load_record(data_dir, "ModuleA", GENERATION) == record
    assert record.count == 5


def test_equal_files_give_an_equal_digest_whatever_the_archive(data_dir, opened, record):
    shuffled = package(Z("e/f.php", b"f"), Z("a/g", b"", method=0), Z("a/d.php", b"d", method=0),
                       Z("a/b/c.php", b"<?php"))  # fmt: skip
    other = write_generation(
        FsOps(), data_dir, "ModuleB", "8-00000000", open_archive(opened(shuffled))
    )
    assert other.digest == record.digest


def test_an_untouched_generation_has_no_problems(data_dir, record):
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == []


def test_missing_changed_and_extra_files_are_found(data_dir, record):
    root = code(data_dir)
    (root / "a/d.php").unlink()
    (root / "a/b/c.php").write_bytes(b"<?PHP")
    (root / "e/f.php").unlink()
    (root / "e/f.php").symlink_to("/etc/passwd")
    (root / "new").mkdir()
    (root / "new/evil.py").write_bytes(b"x")
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == [
        Problem("a/b/c.php", ProblemKind.CHANGED),
        Problem("a/d.php", ProblemKind.MISSING),
        Problem("e/f.php", ProblemKind.CHANGED),
        Problem("new/evil.py", ProblemKind.EXTRA),
    ]


def test_a_folder_replaced_by_a_link_is_not_followed(data_dir, record, tmp_path):
    moved = tmp_path / "moved"
    shutil.move(code(data_dir) / "e", moved)
    (code(data_dir) / "e").symlink_to(moved)
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == [
        Problem("e", ProblemKind.EXTRA),
        Problem("e/f.php", ProblemKind.MISSING),
    ]


def test_a_record_that_was_rewritten_with_the_files_is_found(data_dir, record):
    path = data_dir.generation("ModuleA", GENERATION) / "record.json"
    document = json.loads(path.read_bytes())
    del document["files"]["a/g"]
    path.write_text(json.dumps(document))
    changed = [Problem("record.json", ProblemKind.CHANGED)]
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == changed
    path.write_text("not json")
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == changed
    path.unlink()
    assert verify_generation(data_dir, "ModuleA", GENERATION, record.digest) == [
        Problem("record.json", ProblemKind.MISSING)
    ]
    with pytest.raises(StoreDamaged):
        load_record(data_dir, "ModuleA", GENERATION)


def test_all_files_gone_are_all_missing(data_dir, record):
    shutil.rmtree(code(data_dir))
    problems = verify_generation(data_dir, "ModuleA", GENERATION, record.digest)
    assert {problem.path for problem in problems} == set(record.files)


@pytest.mark.parametrize(
    "document", ['[]', '{"format": 2, "files": {}}', '{"format": 1}', '{"format": 1, "files": []}',
                 '{"format": 1, "files": {"a": ["x"]}}', "null", ""],
)  # fmt: skip
def test_damaged_records_are_an_error_with_a_sentence(data_dir, record, document):
    (data_dir.generation("ModuleA", GENERATION) / "record.json").write_text(document)
    with pytest.raises(StoreDamaged):
        load_record(data_dir, "ModuleA", GENERATION)


def test_a_package_that_is_not_what_was_uploaded_is_refused(data_dir, opened):
    archive = open_archive(opened(DATA))
    with pytest.raises(ArchiveRefused) as caught:
        write_generation(
            FsOps(), data_dir, "ModuleA", GENERATION, archive, package_sha256=SHA256
        )
    assert caught.value.slug == "archive-changed"
    assert os.listdir(data_dir.store) == []


def test_w08_the_file_is_read_through_its_descriptor_whatever_its_name_points_to(
    data_dir, tmp_path
):
    good, evil, path = tmp_path / "good", tmp_path / "evil", tmp_path / "package"
    good.write_bytes(DATA)
    evil.write_bytes(package(Z("evil.php")))
    shutil.copy(good, path)
    fd = os.open(path, os.O_RDONLY)
    archive = open_archive(fd)
    os.replace(evil, path)
    written = write_generation(FsOps(), data_dir, "ModuleA", GENERATION, archive)
    os.close(fd)
    assert "evil.php" not in written.files


def test_a_failed_sync_removes_the_generation_and_keeps_the_others(data_dir, opened, record):
    class Failing(FsOps):
        def sync_filesystem(self, fd: int) -> bool:
            raise store_error()

    before = tree(data_dir.store)
    for module_id in ("ModuleA", "ModuleC"):
        with pytest.raises(StorageFailed):
            write_generation(
                Failing(), data_dir, module_id, "9-00000000", open_archive(opened(DATA))
            )
    assert tree(data_dir.store) == before


def test_a_full_disk_in_the_middle_leaves_nothing(data_dir, opened):
    class Filling(FsOps):
        written = 0

        def write(self, fd: int, data: bytes | memoryview) -> None:
            self.written += 1
            if self.written > 2:
                raise store_error()
            super().write(fd, data)

    with pytest.raises(StorageFailed):
        write_generation(
            Filling(), data_dir, "ModuleA", GENERATION, open_archive(opened(DATA))
        )
    assert os.listdir(data_dir.store) == []


def test_a_generation_name_is_never_used_twice(data_dir, opened, record):
    before = tree(data_dir.store)
    with pytest.raises(FileExistsError):
        write_generation(FsOps(), data_dir, "ModuleA", GENERATION, open_archive(opened(DATA)))
    assert tree(data_dir.store) == before


def test_one_sync_makes_a_generation_durable(data_dir, opened):
    class Counting(FsOps):
        syncs: list[str] = []

        def sync_filesystem(self, fd: int) -> bool:
            self.syncs.append("syncfs")
            return super().sync_filesystem(fd)

        def sync_file(self, fd: int) -> None:
            self.syncs.append("fsync")

        def sync_dir(self, dir_fd: int) -> None:
            self.syncs.append("fsync")

    write_generation(Counting(), data_dir, "ModuleA", GENERATION, open_archive(opened(DATA)))
    assert Counting.syncs == ["syncfs"]


def test_no_descriptor_stays_open(data_dir, opened):
    archive = open_archive(opened(DATA))
    before = os.listdir("/proc/self/fd")
    write_generation(FsOps(), data_dir, "ModuleA", GENERATION, archive)
    assert os.listdir("/proc/self/fd") == before


def test_only_named_files_become_executable_and_links_do_not(data_dir, record):
    make_executable(FsOps(), data_dir, "ModuleA", GENERATION, ["a/b/c.php"])
    assert stat.S_IMODE((code(data_dir) / "a/b/c.php").stat().st_mode) == 0o755
    assert stat.S_IMODE((code(data_dir) / "a/d.php").stat().st_mode) == 0o644
    (code(data_dir) / "link").symlink_to("/bin/true")
    for path in ("link", "../record.json", "../../x"):
        with pytest.raises((OSError, ValueError)):
            make_executable(FsOps(), data_dir, "ModuleA", GENERATION, [path])


def test_removing_is_complete_and_may_be_repeated(data_dir, record):
    (data_dir.data / "ModuleA/1").mkdir(parents=True)
    fsops = FsOps()
    assert remove_generation(fsops, data_dir, "ModuleA", GENERATION)
    assert not remove_generation(fsops, data_dir, "ModuleA", GENERATION)
    assert not remove_generation(fsops, data_dir, "ModuleZ", GENERATION)
    for _repeated in range(2):
        remove_module_dirs(fsops, data_dir, "ModuleA", data=False)
    assert (data_dir.data / "ModuleA/1").is_dir()
    for _repeated in range(2):
        remove_module_dirs(fsops, data_dir, "ModuleA", data=True)
    assert os.listdir(data_dir.store) == os.listdir(data_dir.data) == []


def test_a_planted_link_in_an_old_generation_does_not_let_removal_escape(
    data_dir, record, tmp_path
):
    """The case of MikoPBX 925de9903 (reference R2.1)."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    (code(data_dir) / "planted").symlink_to(outside)
    remove_generation(FsOps(), data_dir, "ModuleA", GENERATION)
    assert (outside / "precious").exists()


def test_a_kept_package_is_the_uploaded_file_itself(data_dir):
    fsops = FsOps()
    received = receive(fsops, data_dir, [DATA], 10_000)
    fd = os.open(received.path, os.O_RDONLY)
    for _repeated in range(2):
        keep_package(fsops, data_dir, fd, received.sha256)
    os.close(fd)
    kept = data_dir.packages / received.sha256
    assert kept.samefile(received.path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    opened = open_package(data_dir, received.sha256)
    assert os.pread(opened, len(DATA), 0) == DATA
    os.close(opened)


def test_a_package_from_another_disk_is_copied(data_dir):
    class OtherDisk(FsOps):
        def link_open_file(self, fd: int, new: str, new_dir_fd: int) -> None:
            raise OSError(errno.EXDEV, "other disk")

    received = receive(FsOps(), data_dir, [DATA], 10_000)
    fd = os.open(received.path, os.O_RDONLY)
    keep_package(OtherDisk(), data_dir, fd, received.sha256)
    os.close(fd)
    assert tree(data_dir.packages) == {received.sha256: DATA}


def test_a_damaged_kept_package_is_replaced(data_dir):
    received = receive(FsOps(), data_dir, [DATA], 10_000)
    (data_dir.packages / received.sha256).write_bytes(DATA[:10])
    fd = os.open(received.path, os.O_RDONLY)
    keep_package(FsOps(), data_dir, fd, received.sha256)
    os.close(fd)
    assert tree(data_dir.packages) == {received.sha256: DATA}


def test_a_package_that_is_not_kept_is_not_found(data_dir):
    with pytest.raises(NotFound):
        open_package(data_dir, SHA256)
    with pytest.raises(ValueError):
        open_package(data_dir, "../../etc/passwd")


def test_old_packages_and_leftovers_are_reaped(data_dir):
    for name in ("a" * 64, "b" * 64, ".x.tmp", "c" * 64):
        (data_dir.packages / name).write_bytes(b"x")
        os.utime(data_dir.packages / name, (1000, 1000))
    os.utime(data_dir.packages / ("c" * 64), (3000, 3000))
    removed = reap_packages(FsOps(), data_dir, older_than=2000, keep={"a" * 64})
    assert removed == [".x.tmp", "b" * 64]


CRASH_SCRIPT = """
import os, sys
from pathlib import Path
from modules_app.packages import store, uploads
from modules_app.packages.archive import open_archive
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
data_dir, fsops = DataDir(Path(sys.argv[1])), FsOps()
received = uploads.receive(fsops, data_dir, [Path(sys.argv[2]).read_bytes()], 10_000)
fd = os.open(received.path, os.O_RDONLY)
store.write_generation(fsops, data_dir, "ModuleA", "7-01234567", open_archive(fd))
store.keep_package(fsops, data_dir, fd, received.sha256)
"""


@pytest.mark.parametrize("point", ["store.files-written", "store.package-linked", "upload.synced"])
def test_after_a_crash_everything_can_be_removed_and_done_again(data_dir, tmp_path, point):
    assert point in declared_fault_points()
    path = tmp_path / "package.zip"
    path.write_bytes(DATA)
    command = [sys.executable, "-c", CRASH_SCRIPT, str(data_dir.root), str(path)]
    crashed = subprocess.run(command, env={**os.environ, "PBX_FAULT": f"{point}:kill9"})
    assert crashed.returncode == -9
    remove_generation(FsOps(), data_dir, "ModuleA", GENERATION)
    subprocess.run(command, check=True)
    digest = load_record(data_dir, "ModuleA", GENERATION).digest
    assert verify_generation(data_dir, "ModuleA", GENERATION, digest) == []


def store_error() -> StorageFailed:
    """The error of a disk that is full."""
    return StorageFailed("storage-full", "The disk is full.")


def test_the_fault_points_of_the_store_are_declared():
    assert {store.FILES_WRITTEN, store.PACKAGE_LINKED} <= set(declared_fault_points())
