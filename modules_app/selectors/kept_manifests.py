"""What the packages in the store say of themselves, read from their files."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

from django.conf import settings

from modules_app.domain.manifest import Manifest
from modules_app.exceptions import ModuleError
from modules_app.inspection.files import ArchiveFiles, Sources
from modules_app.inspection.report import language_of_package
from modules_app.manifests.reader import read_manifest
from modules_app.packages.archive import open_archive
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.store import open_package
from modules_app.selectors.registry import data_dir

_MANIFEST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class KeptManifest:
    """The manifest of a kept package, and what the package is written in."""

    manifest: Manifest
    language: str


def kept_manifest(sha256: str) -> KeptManifest | None:
    """Return what a kept package says of itself, None when its file is gone or unreadable."""
    try:
        return _read(sha256)
    except (ModuleError, OSError):
        return None


# A digest stands for one content for ever.
@functools.lru_cache(maxsize=1024)
def _read(sha256: str) -> KeptManifest | None:
    fd = open_package(data_dir(), sha256)
    try:
        archive = open_archive(fd, ArchiveLimits(**settings.PBX_ARCHIVE_LIMITS))
        name = archive.manifest_name
        manifest = read_manifest(name, archive.read(name, _MANIFEST_BYTES)).manifest
        language = language_of_package(Sources(ArchiveFiles(archive)))
    finally:
        os.close(fd)
    return KeptManifest(manifest, str(language)) if manifest else None
