"""The record of one generation: which files it has, and the digest that stands for all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from modules_app.exceptions import gettext_noop as _
from modules_app.packages.errors import StoreDamaged

_FORMAT = 1


class FileRecord(NamedTuple):
    """One file: hex sha256 and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """All files of a generation by path relative to ``code/``; ``digest`` covers every one.

    ``size`` is the sum in bytes. The digest is the hex sha256 of the canonical JSON, which is
    what lies in record.json and what the database remembers.
    """

    files: Mapping[str, FileRecord]
    digest: str
    count: int
    size: int


def record_of(files: Mapping[str, FileRecord]) -> tuple[Record, bytes]:
    """Return the record for ``files`` and the bytes of its record.json."""
    document = {"format": _FORMAT, "files": files}
    data = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return _record(files, data), data


def parse_record(data: bytes) -> Record:
    """Read record.json. Raises `StoreDamaged` if it is not one."""
    try:
        document = json.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError("unknown format")
        files = {
            str(path): FileRecord(str(sha256), int(size))
            for path, (sha256, size) in document["files"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreDamaged(
            "store-record-damaged",
            _("The list of installed files is damaged."),
            hint=_("Install the package again."),
        ) from error
    return _record(files, data)


def _record(files: Mapping[str, FileRecord], data: bytes) -> Record:
    return Record(
        files=files,
        digest=hashlib.sha256(data).hexdigest(),
        count=len(files),
        size=sum(file.size for file in files.values()),
    )
