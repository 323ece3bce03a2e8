"""Build a package from a folder: the same folder gives the same bytes, and installs here."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from modules_app.packages.contents import MANIFEST_NAMES, Entry, locate
from modules_app.packages.fsops import FsOps
from modules_app.packages.ignore import Ignore
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.names import NameBook
from modules_app.packages.refusals import refused

VERSION_PLACEHOLDER = b"%ModuleVersion%"

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16


def pack_directory(
    directory: Path, out: Path | int, *, version: str | None = None, kind: str = "zip"
) -> int:
    """Write the package of ``directory`` to a path or descriptor; return its size in bytes.

    ``kind`` is ``zip`` or ``tar.gz``. ``version`` replaces %ModuleVersion% in the manifest, as
    the module repositories' builds do. Caches, tests and what ``.pbxignore`` names stay out.
    Raises `ArchiveRefused` if the reader would.
    """
    data = build_package(directory, version=version, kind=kind)
    fsops = FsOps()
    if isinstance(out, int):
        fsops.write(out, data)
    else:
        fsops.write_file_atomically(out.absolute().parent, out.name, data, mode=0o644)
    return len(data)


def build_package(directory: Path, *, version: str | None = None, kind: str = "zip") -> bytes:
    """Return the package of ``directory`` as bytes; see `pack_directory`."""
    files = list(_contents(directory, version))
    book = NameBook(ArchiveLimits())
    for path, _data in files:
        book.add(path, is_dir=False)
    if locate([Entry(path, len(data), False) for path, data in files]).root:
        raise refused("archive-no-manifest")
    return {"zip": _zip, "tar.gz": _tar}[kind](files)


def _contents(directory: Path, version: str | None) -> Iterator[tuple[str, bytes]]:
    for path in contents_of(directory):
        shown = path.relative_to(directory).as_posix()
        data = path.read_bytes()
        if version is not None and shown in MANIFEST_NAMES:
            data = data.replace(VERSION_PLACEHOLDER, version.encode())
        yield shown, data


def needs_version(directory: Path) -> bool:
    """Tell whether the manifest leaves its version to whoever packs the folder."""
    manifests = (directory / name for name in MANIFEST_NAMES)
    return any(
        VERSION_PLACEHOLDER in one.read_bytes()
        for one in manifests
        if one.is_file() and not one.is_symlink()
    )


def contents_of(directory: Path) -> Iterator[Path]:
    """Yield the files that belong into the package, in a fixed order.

    Raises `ArchiveRefused` for what no package can hold: links, devices.
    """
    ignore = Ignore.of(directory)
    for folder, folders, names in os.walk(directory):
        top = Path(folder).relative_to(directory).as_posix()
        inside = "" if top == "." else f"{top}/"
        left_out = {one for one in folders if ignore.leaves_out(inside + one, is_folder=True)}
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted(folders + [one for one in names if not ignore.leaves_out(inside + one)]):
            path = Path(folder, name)
            if path.is_symlink():
                raise refused("archive-link", inside + name)
            if name in folders:
                continue
            if not path.is_file():
                raise refused("archive-special-file", inside + name)
            yield path


def _zip(files: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for path, data in files:
            info = zipfile.ZipInfo(path, _EARLIEST)
            info.create_system = 3
            info.external_attr = _FILE_MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, data)
    return buffer.getvalue()


def _tar(files: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as package,
    ):
        for path, data in files:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            info.mode = 0o644
            package.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
