"""Compare a generation on disk with its record: what is missing, changed or too much."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum

from modules_app.packages.contents import digest_of
from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import StoreDamaged
from modules_app.packages.fsops import FsOps
from modules_app.packages.records import FileRecord, Record
from modules_app.packages.store import CODE, RECORD, load_record

__all__ = ["Problem", "ProblemKind", "verify_generation"]


class ProblemKind(StrEnum):
    """How a file differs from the record."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One difference; ``path`` is relative to ``code/``, or record.json itself."""

    path: str
    kind: ProblemKind


def verify_generation(
    data_dir: DataDir, module_id: str, generation: str, expected_digest: str
) -> list[Problem]:
    """Read every file of a generation and return all differences, ordered by path.

    ``expected_digest`` is what the database remembers; a record that does not match it is itself
    a problem, and then its list of files proves nothing and is not used.
    """
    folder = data_dir.generation(module_id, generation)
    try:
        record = load_record(data_dir, module_id, generation)
    except StoreDamaged:
        kind = ProblemKind.CHANGED if (folder / RECORD).exists() else ProblemKind.MISSING
        return [Problem(RECORD, kind)]
    if record.digest != expected_digest:
        return [Problem(RECORD, ProblemKind.CHANGED)]
    return sorted(_differences(data_dir, module_id, generation, record))


def _differences(
    data_dir: DataDir, module_id: str, generation: str, record: Record
) -> list[Problem]:
    found: dict[str, FileRecord | None] = {}
    fsops = FsOps()
    try:
        with fsops.directory(data_dir.store, module_id, generation, CODE) as code_fd:
            _collect(fsops, code_fd, "", found)
    except FileNotFoundError:
        found.clear()
    problems = [Problem(path, ProblemKind.MISSING) for path in record.files.keys() - found.keys()]
    problems += [Problem(path, ProblemKind.EXTRA) for path in found.keys() - record.files.keys()]
    problems += [
        Problem(path, ProblemKind.CHANGED)
        for path, file in found.items()
        if path in record.files and file != record.files[path]
    ]
    return problems


def _collect(
    fsops: FsOps, dir_fd: int, prefix: str, found: dict[str, FileRecord | None]
) -> None:
    for name in os.listdir(dir_fd):
        path = prefix + name
        mode = os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            below = fsops.open_dir(name, dir_fd)
            try:
                _collect(fsops, below, path + "/", found)
            finally:
                os.close(below)
        elif stat.S_ISREG(mode):
            found[path] = _digest(fsops, name, dir_fd)
        else:
            found[path] = None


def _digest(fsops: FsOps, name: str, dir_fd: int) -> FileRecord:
    fd = fsops.open_file(name, dir_fd)
    try:
        return FileRecord(digest_of(fd), os.fstat(fd).st_size)
    finally:
        os.close(fd)
