"""Packing a folder: same folder, same bytes; what the reader would refuse is refused here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modules_app.packages.archive import open_archive
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.pack import build_package, pack_directory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module's folder with what must not be packed."""
    root = tmp_path / "ModuleNice"
    for name, data in {
        "module.json": b'{"version": "%ModuleVersion%"}',
        "lib/module.json": b"%ModuleVersion%",
        "main.py": b"x = 1\n",
        ".git/config": b"",
        "__pycache__/main.cpython-311.pyc": b"",
        "lib/old.pyc": b"",
        "db/.gitkeep": b"",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_package_holds_the_folder_without_leftovers(folder, opened, kind):
    archive = open_archive(opened(build_package(folder, version="1.2", kind=kind)))
    files = {entry.path: b"".join(chunks) for entry, chunks in archive.files()}
    assert archive.kind == kind
    assert files == {
        "module.json": b'{"version": "1.2"}',
        "lib/module.json": b"%ModuleVersion%",
        "main.py": b"x = 1\n",
        "db/.gitkeep": b"",
    }


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_the_same_folder_gives_the_same_bytes(folder, kind):
    first = build_package(folder, kind=kind)
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    (folder / "main.py").chmod(0o600)
    assert build_package(folder, kind=kind) == first
    assert b"%ModuleVersion%" in (folder / "module.json").read_bytes()


def test_a_package_goes_to_a_path_or_a_descriptor(folder, tmp_path):
    out = tmp_path / "out.zip"
    size = pack_directory(folder, out)
    assert out.stat().st_size == size
    fd = os.memfd_create("out")
    pack_directory(folder, fd)
    assert os.pread(fd, size + 1, 0) == out.read_bytes()
    os.close(fd)


def test_what_cannot_be_installed_cannot_be_packed(folder):
    (folder / "link").symlink_to("main.py")
    with pytest.raises(ArchiveRefused, match="is a link"):
        build_package(folder)
    (folder / "link").unlink()
    (folder / "aux.py").write_bytes(b"")
    with pytest.raises(ArchiveRefused, match="reserves for a device"):
        build_package(folder)
    (folder / "aux.py").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(ArchiveRefused, match="neither a regular file"):
        build_package(folder)


def test_a_folder_without_manifest_is_refused(folder):
    (folder / "module.json").unlink()
    with pytest.raises(ArchiveRefused, match="no module.json"):
        build_package(folder)


def names_in(folder: Path, opened) -> set[str]:
    return {entry.path for entry in open_archive(opened(build_package(folder))).entries}


def write_all(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ("*.psd", {"logo.psd", "img/logo.psd"}),
        ("/logo.psd", {"logo.psd"}),
        ("img/", {"img/logo.psd", "img/logo.svg"}),
        ("img/logo.svg", {"img/logo.svg"}),
        ("img/*\n!img/logo.svg", {"img/logo.psd"}),
        ("# *.psd\n\n", set()),
    ],
)
def test_pbxignore_leaves_files_out(tmp_path: Path, opened, line: str, left_out: set[str]) -> None:
    every = {"module.json", "logo.psd", "img/logo.psd", "img/logo.svg"}
    folder = write_all(tmp_path / "module", *every)
    (folder / ".pbxignore").write_text(line)
    assert names_in(folder, opened) == every - left_out


def test_tests_and_caches_stay_out_unless_brought_back(tmp_path: Path, opened) -> None:
    names = ("module.json", "tests/test_a.py", "lib/tests/b.py", ".ruff_cache/x", "a.pyc")
    folder = write_all(tmp_path / "module", *names)
    assert names_in(folder, opened) == {"module.json", "lib/tests/b.py"}
    (folder / ".pbxignore").write_text("!/tests/\n")
    assert "tests/test_a.py" in names_in(folder, opened)
