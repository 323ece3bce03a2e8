"""Honest packages from ordinary programs must pass: the reader is strict, not choosy."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from modules_app.packages.archive import open_archive
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.pack import build_package
from modules_app.packages.refusals import REFUSALS
from tests.evil.zips import MANIFEST, UTF8, Z, Zip, package, streamed, unicode_path

FILES = {
    "module.json": b'{"moduleUniqueID": "ModuleNice", "version": "%ModuleVersion%"}',
    ".gitignore": b"vendor/\n",
    ".github/workflows/build.yml": b"on: push\n",
    "db/.gitkeep": b"",
    "Lib/Nice Main.php": b"<?php\n",
    "Messages/ru.php": "<?php return ['a' => 'Привет'];".encode(),
    "public/assets/js/vendor/@scope/chunk-ABC_123.min.js": b"console.log(1);" * 500,
    "public/assets/js/[id]~(1)+{x},y=z;!#$%&'^`.js": b"//",
    "bin/tool.so": b"\x7fELF" + os.urandom(100),
    "sounds/ru-ru/hello.wav": os.urandom(70_000),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module's folder as an author has it."""
    root = tmp_path / "ModuleNice"
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "bin/tool.so").chmod(0o755)
    return root


def run(*command: str, cwd: Path) -> bytes:
    """Run a program that must succeed and return what it wrote."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return subprocess.run(
        command, cwd=cwd, env=environment, check=True, capture_output=True
    ).stdout


def assert_same(install, opened, data: bytes, root: str) -> None:
    archive = open_archive(opened(data))
    archive.verify()
    assert archive.root == root
    assert archive.manifest_name == "module.json"
    assert {entry.path: b"".join(chunks) for entry, chunks in archive.files()} == FILES
    assert archive.read("Messages/ru.php", 1000) == FILES["Messages/ru.php"]
    assert {path: file.size for path, file in install(data).files.items()} == {
        path: len(content) for path, content in FILES.items()
    }


@pytest.mark.parametrize("options", [["-r"], ["-rX"], ["-r0"], ["-rD"], ["-r9"]])
def test_info_zip(install, opened, folder, need_tool, options):
    program = need_tool("zip")
    run(program, "-q", *options, "../p.zip", ".", cwd=folder)
    assert_same(install, opened, (folder.parent / "p.zip").read_bytes(), "")


def test_info_zip_into_a_pipe(install, opened, folder, need_tool):
    data = run(need_tool("zip"), "-qr", "-", "ModuleNice", cwd=folder.parent)
    assert_same(install, opened, data, "ModuleNice")


def test_info_zip_with_names_beyond_ascii(install, folder, need_tool):
    (folder / "Über uns.txt").write_bytes(b"x")
    (folder / "Справка.txt").write_bytes(b"x")
    data = run(need_tool("zip"), "-qr", "-", ".", cwd=folder)
    assert {"Über uns.txt", "Справка.txt"} < set(install(data).files)


def test_info_zip_with_zip64_fields(install, opened, folder, need_tool):
    run(need_tool("zip"), "-qr", "-fz", "../p.zip", ".", cwd=folder)
    assert_same(install, opened, (folder.parent / "p.zip").read_bytes(), "")


def test_python_shutil_and_zipfile(install, opened, folder):
    made = shutil.make_archive(str(folder.parent / "p"), "zip", folder.parent, "ModuleNice")
    assert_same(install, opened, Path(made).read_bytes(), "ModuleNice")


def test_python_zipfile_with_forced_zip64_and_into_a_pipe(install, data_dir):
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.data += bytes(data)
            return len(data)

    for force in (True, False):
        for target in (io.BytesIO(), Pipe()):
            with (
                zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
                out.open("module.json", "w", force_zip64=force) as file,
            ):
                file.write(MANIFEST)
            data = target.data if isinstance(target, Pipe) else target.getvalue()
            assert install(data).count == 1
            shutil.rmtree(data_dir.store / "ModuleEvil")


def git_repository(folder: Path) -> None:
    run("git", "init", "-q", cwd=folder)
    run("git", "add", "-A", "-f", cwd=folder)
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", cwd=folder)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("prefix", ["", "ModuleNice-1.0", "owner-repo-0123abc"])
def test_git_archive(install, opened, folder, need_tool, kind, prefix):
    need_tool("git")
    git_repository(folder)
    options = [f"--prefix={prefix}/"] if prefix else []
    data = run("git", "archive", f"--format={kind}", *options, "HEAD", cwd=folder)
    assert_same(install, opened, data, prefix)


@pytest.mark.parametrize("dialect", ["gnu", "oldgnu", "posix", "ustar"])
def test_gnu_tar(install, opened, folder, need_tool, dialect):
    data = run(need_tool("tar"), "-cz", f"--format={dialect}", "ModuleNice", cwd=folder.parent)
    assert_same(install, opened, data, "ModuleNice")


def test_gnu_tar_of_a_dot_says_what_is_wrong(refuse, folder, need_tool):
    data = run(need_tool("tar"), "-cz", ".", cwd=folder)
    refuse(data, "archive-name-relative")


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_our_own_packages(install, opened, folder, kind):
    (folder / ".pbxignore").write_text("!.gitignore\n")
    assert_same(install, opened, build_package(folder, kind=kind), "")


def test_finder_leftovers_are_checked_but_not_unpacked(install, opened, refuse):
    entries = [Z("ModuleNice/module.json", MANIFEST), Z("__MACOSX/ModuleNice/._module.json")]
    data = Zip([streamed("ModuleNice/", b""), *entries]).build()
    assert open_archive(opened(data)).left_out == ("__MACOSX/ModuleNice/._module.json",)
    assert set(install(data).files) == {"module.json"}
    refuse(Zip([*entries, Z("__MACOSX/../x")]).build(), "archive-name-relative")
    refuse(Zip([*entries, Z("__MACOSX/y", crc=1, local_crc=1)]).build(), "archive-checksum")


def test_names_marked_as_utf8_in_either_way(install):
    raw = "Ж.txt".encode()
    marked = Z(raw, flags=UTF8)
    extra = Z("Я.txt".encode(), extra=unicode_path("Я.txt".encode(), "Я.txt".encode()))
    assert {"Ж.txt", "Я.txt"} < set(install(package(marked, extra)).files)


def test_a_folder_stored_with_deflate_is_accepted(install):
    assert install(package(Z("empty/", b"", method=8))).count == 1


def test_sizes_are_said_as_people_read_them(refuse):
    error = refuse(package(Z("a.bin", bytes(3000))), "archive-file-too-large",
                   limits=ArchiveLimits(file_bytes=2048))  # fmt: skip
    assert str(error) == "The file “a.bin” has 2.9 KiB; 2 KiB are allowed."


def test_every_refusal_names_its_rule_and_a_way_out():
    for slug, refusal in REFUSALS.items():
        assert slug.startswith("archive-")
        assert refusal.rule[0] in "AMW" and refusal.rule[1:].isdigit()
        assert refusal.message.endswith(".") and refusal.hint.endswith(".")
