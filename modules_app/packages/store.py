"""Unpacked generations and accepted packages on disk. Written once, never changed (design 4).

A generation lies in ``store/<id>/<generation>/``: the files of the package below ``code/``,
and record.json with the digest of each. Nothing here knows which generation is in use; only the
commit row says that, so a half-written generation is garbage and never a danger (R4.4 U3).
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath

from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.contents import Archive
from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import StoreDamaged
from modules_app.packages.faults import declare_fault_point, fault_point
from modules_app.packages.fsops import FsOps
from modules_app.packages.records import Record, parse_record, record_of
from modules_app.packages.refusals import refused
from modules_app.packages.unpack import unpack

CODE = "code"
RECORD = "record.json"

FILES_WRITTEN = declare_fault_point("store.files-written", "all files written, nothing synced")
PACKAGE_LINKED = declare_fault_point("store.package-linked", "package kept, folder not synced")

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}", re.ASCII)
_GENERATION = re.compile(r"[1-9][0-9]*-[0-9a-f]{8}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COPY_BLOCK = 1024 * 1024


def generation_name(counter: int, sha256: str) -> str:
    """Return ``<counter>-<8 hex digits of the package's digest>``; counters never come again."""
    return _checked(_GENERATION, f"{counter}-{sha256[:8]}")


def write_generation(
    fsops: FsOps,
    data_dir: DataDir,
    module_id: str,
    generation: str,
    archive: Archive,
    *,
    package_sha256: str = "",
    durable: bool = True,
) -> Record:
    """Unpack ``archive`` into a new generation and return its record; durable on return.

    Who says ``durable=False`` syncs the file system before any row mentions the generation.
    Every byte is verified again while it is written. With ``package_sha256`` the archive file is
    digested beside that and must match (W08). Raises `ArchiveRefused` or `StorageFailed`;
    whatever it raises, nothing of the generation stays behind.
    """
    _checked(_ID, module_id)
    _checked(_GENERATION, generation)
    with fsops.directory(data_dir.store) as store_fd:
        first = fsops.ensure_dir(module_id, store_fd, mode=0o750)
        try:
            with _opened(fsops.open_dir(module_id, store_fd)) as module_fd:
                parents = (module_fd, store_fd)
                record = _write_new(fsops, parents, generation, archive, package_sha256, durable)
        except BaseException:
            if first:
                with suppress(OSError):
                    fsops.remove_tree(module_id, store_fd)
            raise
    return record


def load_record(data_dir: DataDir, module_id: str, generation: str) -> Record:
    """Return the record of a generation. Raises `StoreDamaged` if it is missing or damaged."""
    path = data_dir.generation(_checked(_ID, module_id), _checked(_GENERATION, generation))
    try:
        return parse_record((path / RECORD).read_bytes())
    except OSError as error:
        raise StoreDamaged(
            "store-record-missing",
            _("The files of {module} are missing from the store ({generation})."),
            context={"module": module_id, "generation": generation},
            hint=_("Install the package again."),
        ) from error


def remove_generation(fsops: FsOps, data_dir: DataDir, module_id: str, generation: str) -> bool:
    """Remove one generation; False if it was gone already. Its name must not be used again."""
    _checked(_GENERATION, generation)
    return _remove_below(fsops, data_dir, _checked(_ID, module_id), generation)


def remove_module_dirs(fsops: FsOps, data_dir: DataDir, module_id: str, *, data: bool) -> None:
    """Remove the module's folder below store/ and, when ``data``, the one below data/."""
    _checked(_ID, module_id)
    for parent in (data_dir.store, data_dir.data) if data else (data_dir.store,):
        with fsops.directory(parent) as parent_fd:
            if fsops.remove_tree(module_id, parent_fd):
                fsops.sync_dir(parent_fd)


def make_executable(
    fsops: FsOps, data_dir: DataDir, module_id: str, generation: str, paths: Iterable[str]
) -> None:
    """Let the system run these files of a generation (mode 0755); links are refused (A23)."""
    names = (_checked(_ID, module_id), _checked(_GENERATION, generation), CODE)
    with fsops.directory(data_dir.store, *names) as code_fd:
        for path in paths:
            *folders, name = PurePosixPath(path).parts
            with (
                _descended(fsops, code_fd, folders) as dir_fd,
                _opened(fsops.open_file(name, dir_fd)) as fd,
            ):
                fsops.change_mode(fd, 0o755)


def keep_package(
    fsops: FsOps, data_dir: DataDir, fd: int, sha256: str, *, durable: bool = True
) -> None:
    """Keep the package file that ``fd`` refers to as ``packages/<sha256>``; durable on return.

    Who says ``durable=False`` syncs the file system before any row mentions the package.
    A hard link when the file lies on the same disk (its content must be synced already, as
    `uploads.receive` does), else a copy. Keeping what is kept changes nothing.
    """
    name = _checked(_SHA256, sha256)
    with fsops.directory(data_dir.packages) as dir_fd:
        if _kept_size(dir_fd, name) == os.fstat(fd).st_size:
            return
        fsops.unlink(name, dir_fd)
        try:
            fsops.link_open_file(fd, name, dir_fd)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.ENOENT, errno.EMLINK):
                raise
            _copy_package(fsops, fd, name, dir_fd)
        fault_point(PACKAGE_LINKED)
        if durable:
            fsops.sync_dir(dir_fd)


def is_package_kept(data_dir: DataDir, sha256: str) -> bool:
    """Tell whether the package with this digest is still there."""
    return bool(_SHA256.fullmatch(sha256)) and (data_dir.packages / sha256).is_file()


def open_package(data_dir: DataDir, sha256: str) -> int:
    """Return a descriptor of a kept package; the caller closes it. Raises `NotFound`."""
    try:
        with FsOps().directory(data_dir.packages) as dir_fd:
            return FsOps().open_file(_checked(_SHA256, sha256), dir_fd)
    except FileNotFoundError as error:
        raise NotFound(
            "package-not-kept",
            _("The package {sha256} is not kept here."),
            context={"sha256": sha256},
            hint=_("Upload the package again."),
        ) from error


def reap_packages(
    fsops: FsOps, data_dir: DataDir, *, older_than: float, keep: Collection[str]
) -> list[str]:
    """Remove packages last changed before ``older_than`` (seconds since 1970) and not in ``keep``.

    Also removes what an interrupted copy left. Returns the removed names.
    """
    removed = []
    with fsops.directory(data_dir.packages) as dir_fd:
        for name in sorted(os.listdir(dir_fd)):
            status = os.stat(name, dir_fd=dir_fd, follow_symlinks=False)
            if name not in keep and status.st_mtime < older_than and fsops.unlink(name, dir_fd):
                removed.append(name)
    return removed


def _write_new(
    fsops: FsOps,
    parents: tuple[int, int],
    generation: str,
    archive: Archive,
    package_sha256: str,
    durable: bool,
) -> Record:
    module_fd = parents[0]
    fsops.make_dir(generation, module_fd)
    try:
        with _opened(fsops.open_dir(generation, module_fd)) as fd:
            record = _fill_checked(fsops, fd, archive, package_sha256)
            fault_point(FILES_WRITTEN)
            if durable:
                fsops.sync_tree(fd, parents=parents)
    except BaseException:
        with suppress(OSError):
            fsops.remove_tree(generation, module_fd)
        raise
    return record


def _fill_checked(fsops: FsOps, fd: int, archive: Archive, package_sha256: str) -> Record:
    if not package_sha256:
        return _fill(fsops, fd, archive)
    with ThreadPoolExecutor(max_workers=1) as pool:
        digest: Future[str] = pool.submit(archive.package_sha256)
        record = _fill(fsops, fd, archive)
        if digest.result() != package_sha256:
            raise refused("archive-changed")
    return record


def _fill(fsops: FsOps, fd: int, archive: Archive) -> Record:
    fsops.make_dir(CODE, fd)
    with _opened(fsops.open_dir(CODE, fd)) as code_fd:
        record, data = record_of(unpack(fsops, code_fd, archive))
    with _opened(fsops.create_file(RECORD, fd)) as record_fd:
        fsops.write(record_fd, data)
    return record


def _remove_below(fsops: FsOps, data_dir: DataDir, module_id: str, generation: str) -> bool:
    try:
        with fsops.directory(data_dir.store, module_id) as module_fd:
            removed = fsops.remove_tree(generation, module_fd)
            if removed:
                fsops.sync_dir(module_fd)
    except FileNotFoundError:
        return False
    return removed


def _copy_package(fsops: FsOps, fd: int, name: str, dir_fd: int) -> None:
    temporary = f".{name}.{secrets.token_hex(6)}.tmp"
    try:
        with _opened(fsops.create_file(temporary, dir_fd, mode=0o600)) as copy_fd:
            offset = 0
            while block := os.pread(fd, _COPY_BLOCK, offset):
                fsops.write(copy_fd, block)
                offset += len(block)
            fsops.sync_file(copy_fd)
        fsops.rename(temporary, name, dir_fd)
    except BaseException:
        fsops.unlink(temporary, dir_fd)
        raise


def _kept_size(dir_fd: int, name: str) -> int | None:
    try:
        return os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_size
    except FileNotFoundError:
        return None


@contextmanager
def _opened(fd: int) -> Iterator[int]:
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _descended(fsops: FsOps, dir_fd: int, folders: Iterable[str]) -> Iterator[int]:
    fd = os.dup(dir_fd)
    try:
        for name in folders:
            below = fsops.open_dir(name, fd)
            os.close(fd)
            fd = below
        yield fd
    finally:
        os.close(fd)


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise ValueError(f"not a valid name here: {name!r}")
    return name
