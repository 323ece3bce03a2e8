"""Exports of modules: a zip with the module's database and what its ``backup()`` returned.

``export.json`` names the module, its version and the digest of every other file: ``module.db``,
``backup.json`` and what lies below ``files/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from modules_app.domain.ids import is_module_id
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.contents import check_limit
from modules_app.packages.errors import explain_os_error
from modules_app.packages.fsops import FsOps
from modules_app.packages.limits import MIB, ArchiveLimits
from modules_app.packages.refusals import refused
from modules_app.packages.unpack import unpack
from modules_app.packages.zip_reader import ZipArchive

FORMAT = 1
ABOUT = "export.json"
DATABASE = "module.db"
DATA = "backup.json"
FILES = "files"

EXPORT_LIMITS = ArchiveLimits(
    packed_bytes=2048 * MIB,
    unpacked_bytes=4096 * MIB,
    file_bytes=4096 * MIB,
    entries=1_000,
    ratio=1_000,
    seconds=300.0,
)
"""How large an export may be that is imported."""

_BLOCK = MIB
_LARGEST_ABOUT = MIB


@dataclass(frozen=True, slots=True)
class About:
    """What ``export.json`` says; ``files`` are the hex sha256 of the other files by name."""

    id: str
    version: str
    contract: str
    made_at: str
    package: str = ""
    files: dict[str, str] = field(default_factory=dict)


class ExportArchive(ZipArchive):
    """An export that was opened for reading: a zip under the rules for packages."""

    manifest_names = (ABOUT,)


def write_export(
    fsops: FsOps, target: Path, about: About, database: Path, parts: Mapping[str, bytes]
) -> About:
    """Write an export to ``target`` (0600), whole or not at all, and return what it says of itself.

    ``parts`` are ``backup.json`` and what belongs below ``files/``. Raises ``StorageFailed``, and
    `OSError` for a folder that is not there.
    """
    temporary = f".{target.name}.part"
    with fsops.directory(target.parent) as dir_fd:
        fsops.unlink(temporary, dir_fd)
        fd = fsops.create_file(temporary, dir_fd, mode=0o600)
        try:
            with os.fdopen(fd, "wb", closefd=False) as file:
                written = _write_zip(file, about, database, parts)
            fsops.sync_file(fd)
        except OSError as error:
            fsops.unlink(temporary, dir_fd)
            explain_os_error(error, f"write {target.name}")
        finally:
            os.close(fd)
        fsops.rename(temporary, target.name, dir_fd)
        fsops.sync_dir(dir_fd)
    return written


def read_about(fd: int) -> tuple[ExportArchive, About]:
    """Open an export and return it with what it says of itself.

    Nothing but ``export.json`` is read. Raises ``Refused`` (``ArchiveRefused``) for anything else.
    """
    size = os.fstat(fd).st_size
    check_limit("archive-too-large", size, EXPORT_LIMITS.packed_bytes)
    if not os.pread(fd, 4, 0).startswith(b"PK"):
        raise refused("archive-unknown-type", found="—")
    archive = ExportArchive(fd, EXPORT_LIMITS, size)
    return archive, _about(archive)


def unpack_export(fsops: FsOps, archive: ExportArchive, about: About, dir_fd: int) -> None:
    """Write all files of an export below ``dir_fd``; raises ``Refused`` if one is not as named."""
    found = {path: record.sha256 for path, record in unpack(fsops, dir_fd, archive).items()}
    found.pop(ABOUT, None)
    if found != about.files:
        wrong = sorted(set(found.items()) ^ set(about.files.items()))
        raise _not_an_export(f"{wrong[0][0]} is not what {ABOUT} names")


def _write_zip(file: object, about: About, database: Path, parts: Mapping[str, bytes]) -> About:
    files: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[call-overload]
        digest = hashlib.sha256()
        with package.open(DATABASE, "w", force_zip64=False) as entry:
            for block in _blocks(database):
                entry.write(block)
                digest.update(block)
        files[DATABASE] = digest.hexdigest()
        for name, content in parts.items():
            package.writestr(name, content)
            files[name] = hashlib.sha256(content).hexdigest()
        written = About(**{**asdict(about), "files": files})
        package.writestr(ABOUT, json.dumps({"format": FORMAT, **asdict(written)}, indent=2))
    return written


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _about(archive: ExportArchive) -> About:
    try:
        found = json.loads(archive.read(ABOUT, _LARGEST_ABOUT))
        if found.pop("format") != FORMAT:
            raise ValueError("another format")
        about = About(**found)
        texts = [about.id, about.version, about.contract, about.made_at, about.package]
        files = about.files.items()
        right = all(isinstance(one, str) for pair in files for one in pair)
        if not right or not all(isinstance(one, str) for one in texts):
            raise TypeError("a value of another kind")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_an_export(str(error)) from error
    if not is_module_id(about.id) or DATABASE not in about.files:
        raise _not_an_export(f"it names no module or no {DATABASE}")
    return about


def _not_an_export(why: str) -> Refused:
    return Refused(
        "export-invalid",
        _("This is no export of a module: {why}."),
        context={"why": why[:200]},
        hint=_("Take a file that “module export” has written."),
    )
