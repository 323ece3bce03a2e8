"""Where generated files lie, and which names they may have."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

OF_LINKS = ("sounds", "agi-bin")
"""The surfaces that hold links to files of modules, and no files."""

NAMES = ("cron", "nginx", "fail2ban", "firewall", "workers", *OF_LINKS, "asterisk")
"""The surfaces that own a folder below PBX_ETC_DIR."""

SECRET = ("asterisk",)
"""The surfaces whose files hold passwords: nobody reads them but owner and group."""

SETS = ".sets"
DRAFTS = "drafts"
LARGEST_FILE = 32 * 1024 * 1024
MOST_FILES = 20_000
DEEPEST = 5

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def etc_dir() -> Path:
    """Return the folder of generated configuration: PBX_ETC_DIR, or etc below the data folder."""
    return Path(settings.PBX_ETC_DIR or Path(settings.PBX_DATA_DIR) / "etc")


def drafts_dir() -> Path:
    """Return the folder in which the operator lays out what it wants installed."""
    return Path(settings.PBX_DATA_DIR) / "run" / DRAFTS


def is_others_to_change(folder: Path) -> bool:
    """Tell whether this is a privileged applier and somebody else could replace ``folder``.

    It is privileged when it is root and the data folder is not root's. Folders that do not exist
    yet are judged by those above them.
    """
    if os.geteuid() != 0 or Path(settings.PBX_DATA_DIR).stat().st_uid == 0:
        return False
    whole, real = folder.absolute(), folder.resolve()
    return any(map(_is_others, {whole, *whole.parents, real, *real.parents}))


def _is_others(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    shared = not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o022
    return status.st_uid != 0 or bool(shared and not status.st_mode & stat.S_ISVTX)


def folder_of(surface: str) -> Path:
    """Return the stable path of a surface's applied files."""
    return etc_dir() / surface


def known_surface(name: object) -> str:
    """Return ``name`` if it is a surface that owns a folder. Raises ``Refused``."""
    if not isinstance(name, str) or name not in NAMES:
        raise Refused(
            "applier-surface-unknown",
            _("There is no surface “{name}”."),
            context={"name": str(name)[:60]},
        )
    return name


def checked_files(surface: str, files: object) -> dict[str, str]:
    """Return paths and digests if each path lies in the surface's folder. Raises ``Refused``."""
    if not isinstance(files, dict) or len(files) > (0 if surface in OF_LINKS else MOST_FILES):
        raise Refused("applier-files-wrong", _("The list of files is not one."))
    for path, digest in files.items():
        if not is_path_of(surface, path):
            raise Refused(
                "applier-path-wrong",
                _("“{path}” is no path of a file of {surface}."),
                context={"path": str(path)[:200], "surface": surface},
            )
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise Refused(
                "applier-digest-wrong",
                _("“{path}” comes without a digest."),
                context={"path": path},
            )
    return files


def is_path_of(surface: str, path: object) -> bool:
    """Tell whether ``path`` can be one of a file of ``surface``."""
    if not isinstance(path, str):
        return False
    parts = path.split("/")
    if parts[0] != surface or not 2 <= len(parts) <= DEEPEST:
        return False
    return all(_PART.fullmatch(part) for part in parts)


def digest_or_nothing(value: object) -> str:
    """Return a digest of a set of files, or "" for none. Raises ``Refused`` for anything else."""
    if value == "" or (isinstance(value, str) and _DIGEST.fullmatch(value)):
        return str(value)
    raise Refused("applier-digest-wrong", _("This is no digest of a set of files."))


def set_digest(files: Mapping[str, str]) -> str:
    """Return the name of a set of files, given each one's path and digest."""
    text = json.dumps(sorted(files.items()), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
