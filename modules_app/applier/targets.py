"""Links to files of modules: where they may lead, and what they are worth in a set of files.

    etc/.sets/sounds/<digest>/en/modulex-hello.wav
        -> <PBX_DATA_DIR>/store/ModuleX/7-0a1b2c3d/code/sounds/en/hello.wav

A target is written as the path below the store. It must be a regular file there, and no part of
its path a link.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from modules_app.applier import places
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

_STORE = "store"
_LONGEST = 1000
_BEGINNING = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}/[1-9][0-9]*-[0-9a-f]{8}/code/", re.ASCII)


def link_text(target: str) -> str:
    """Return how a link is shown, and what its digest is made of."""
    return f"-> {target}\n"


def link_digest(target: str) -> str:
    """Return what stands for the content of a link."""
    return hashlib.sha256(link_text(target).encode()).hexdigest()


def address_of(target: str) -> str:
    """Return what the link on disk says."""
    return f"{_store_dir()}/{target}"


def digest_on_disk(path: Path) -> str:
    """Return the digest of a link as it lies there, wherever it leads."""
    return link_digest(str(path.readlink()).removeprefix(f"{_store_dir()}/"))


def checked_links(surface: str, links: object) -> dict[str, str]:
    """Return paths and targets if this surface has links and each is well formed.

    Raises ``Refused``.
    """
    if not isinstance(links, dict) or len(links) > places.MOST_FILES:
        raise Refused("applier-files-wrong", _("The list of files is not one."))
    for path, target in links.items():
        if surface not in places.OF_LINKS or not places.is_path_of(surface, path):
            raise Refused(
                "applier-path-wrong",
                _("“{path}” is no path of a file of {surface}."),
                context={"path": str(path)[:200], "surface": surface},
            )
        if not _is_target(target):
            raise _wrong(path)
    return links


def refuse_lost(links: Mapping[str, str], fsops: FsOps) -> None:
    """Raise ``Refused`` when a target is no regular file of the store."""
    for path in lost(links, fsops):
        raise _wrong(path)


def lost(links: Mapping[str, str], fsops: FsOps) -> list[str]:
    """Return the paths whose targets are not regular files of the store."""
    by_folder: dict[str, list[str]] = {}
    for path, target in links.items():
        by_folder.setdefault(target.rpartition("/")[0], []).append(path)
    found: list[str] = []
    for folder, paths in by_folder.items():
        try:
            with fsops.directory(settings.PBX_DATA_DIR, _STORE, *folder.split("/")) as dir_fd:
                names = ((path, links[path].rpartition("/")[2]) for path in paths)
                found += [path for path, name in names if not _is_regular(name, dir_fd)]
        except OSError:
            found += paths
    return sorted(found)


def _is_regular(name: str, dir_fd: int) -> bool:
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _is_target(target: object) -> bool:
    if not isinstance(target, str) or len(target) > _LONGEST or "\0" in target:
        return False
    beginning = _BEGINNING.match(target)
    rest = target[beginning.end() :].split("/") if beginning else [""]
    return all(part not in ("", ".", "..") for part in rest)


def _wrong(path: str) -> Refused:
    return Refused(
        "applier-target-wrong",
        _("The link {path} would not lead to a file of a module."),
        context={"path": path},
    )


def _store_dir() -> Path:
    return Path(settings.PBX_DATA_DIR).absolute() / _STORE
