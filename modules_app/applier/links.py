"""Links from the system's folders to generated files.

    /etc/cron.d/pbxadmin -> <PBX_ETC_DIR>/cron/pbxadmin
    /etc/nginx/pbxadmin/modules_servers/ModuleX.conf -> <PBX_ETC_DIR>/nginx/…/ModuleX.conf

    <PBX_SOUNDS_DIR>/en/modulex-hello.wav -> <PBX_ETC_DIR>/sounds/en/modulex-hello.wav

They lead through the surface's own link, so a swap changes what they show all at once; here only
names come and go. Nothing that PBX Admin did not make is replaced or removed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from modules_app.applier import places, targets
from modules_app.applier.report import Report
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps


@dataclass(frozen=True, slots=True)
class Linked:
    """Which files are linked into the folder that ``setting`` names.

    ``below`` are folders of the surface, "" for the surface's own. None stands for each folder
    that it has: they are made in the system's, and removed with the last link.
    """

    setting: str
    below: tuple[str, ...] | None


LINKED: Mapping[str, Linked] = {
    "cron": Linked("PBX_CRON_DIR", ("",)),
    "nginx": Linked("PBX_NGINX_DIR", ("modules_locations", "modules_servers")),
    "sounds": Linked("PBX_SOUNDS_DIR", None),
    "agi-bin": Linked("PBX_AGI_DIR", ("",)),
    "asterisk": Linked("PBX_ASTERISK_DIR", ("",)),
}

LOST = "lost"
IN_THE_WAY = "in-the-way"
"""Why a link to a file of a module cannot be made."""


def system_dir(surface: str) -> Path | None:
    """Return the system's folder for this surface, None when nothing is linked there."""
    linked = LINKED.get(surface)
    value = getattr(settings, linked.setting, "") if linked else ""
    return Path(value) if value else None


def update(surface: str, fsops: FsOps) -> None:
    """Make the links match the files in use.

    Raises ``ModuleError`` when something is in the way.
    """
    system = system_dir(surface)
    for below, wanted in _wanted(surface, system).items() if system else ():
        own = LINKED[surface].below is None
        folder = system / below
        if not (system if own else folder).is_dir():
            raise _missing(system if own else folder)
        if own and not wanted and not folder.is_dir():
            continue
        with _opened(system, below, fsops, make=own) as dir_fd:
            _remove_others(surface, folder, dir_fd, wanted, fsops)
            for name, target in wanted.items():
                _place(folder, name, dir_fd, target, fsops)
            fsops.sync_dir(dir_fd)
        if own and below and not wanted:
            _remove_if_empty(system, below, fsops)


def are_right(surface: str) -> bool:
    """Tell whether every link is there and no other one of ours."""
    system = system_dir(surface)
    return system is None or all(
        {path.name: str(path.readlink()) for path in _ours(surface, system / below)} == wanted
        for below, wanted in _wanted(surface, system).items()
    )


def check(surface: str, wanted: Mapping[str, str], fsops: FsOps) -> Report:
    """Look whether links to files of modules (path -> target) can be made, here and in the system.

    Each line of the output says why not and names the path.
    """
    lines = [f"{LOST} {path}" for path in targets.lost(wanted, fsops)]
    system = system_dir(surface)
    if system is not None:
        lines += [f"{IN_THE_WAY} {path}" for path in wanted if _is_taken(surface, system, path)]
    return Report(ok=not lines, output="\n".join(lines))


def _is_taken(surface: str, system: Path, path: str) -> bool:
    """Tell whether something of others lies where the link, or a folder above it, would."""
    _surface, *folders, name = path.split("/")
    place = system
    for folder in folders:
        place /= folder
        if os.path.lexists(place) and not stat.S_ISDIR(place.lstat().st_mode):
            return True
    place /= name
    return os.path.lexists(place) and not _is_ours(surface, place)


def _wanted(surface: str, system: Path) -> dict[str, dict[str, str]]:
    """Return, for each folder of the system's, which links belong there (name -> target)."""
    below = LINKED[surface].below
    if below is None:
        top = places.folder_of(surface)
        below = tuple(sorted({*_folders(top), *_folders(system, ours=surface)}))
    return {folder: _targets(surface, folder) for folder in below}


def _folders(top: Path, *, ours: str = "") -> Iterator[str]:
    """Yield the folders below ``top`` that hold files, or only those with links of ours.

    Those below come before those above, and no link is followed.
    """
    for folder, _names, files in os.walk(top, topdown=False):
        here = Path(folder)
        if any(not ours or _is_ours(ours, here / name) for name in files):
            yield "" if here == top else here.relative_to(top).as_posix()


def _targets(surface: str, below: str) -> dict[str, str]:
    folder = places.folder_of(surface) / below
    found = folder.iterdir() if folder.is_dir() else ()
    return {path.name: str(path) for path in found if path.is_file()}


def _ours(surface: str, folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return [path for path in found if _is_ours(surface, path)]


def _is_ours(surface: str, path: Path) -> bool:
    start = f"{places.folder_of(surface)}/"
    return path.is_symlink() and str(path.readlink()).startswith(start)


@contextmanager
def _opened(system: Path, below: str, fsops: FsOps, *, make: bool) -> Iterator[int]:
    """Yield a descriptor of a folder of the system's; one that is made is not reached by a link."""
    if not make:
        with fsops.directory(system / below) as dir_fd:
            yield dir_fd
        return
    parts = below.split("/") if below else []
    try:
        for depth, name in enumerate(parts):
            with fsops.directory(system, *parts[:depth]) as above_fd:
                fsops.ensure_dir(name, above_fd)
    except (NotADirectoryError, FileExistsError) as error:
        raise _in_the_way(system / below) from error
    with fsops.directory(system, *parts) as dir_fd:
        yield dir_fd


def _remove_if_empty(system: Path, below: str, fsops: FsOps) -> None:
    """Remove a folder without files, and the one above it if it is the last of it."""
    parts = below.split("/")
    while parts:
        with fsops.directory(system, *parts[:-1]) as above_fd:
            if not fsops.remove_empty_dir(parts[-1], above_fd):
                return
            fsops.sync_dir(above_fd)
        parts = parts[:-1]


def _remove_others(
    surface: str, folder: Path, dir_fd: int, wanted: Collection[str], fsops: FsOps
) -> None:
    for path in _ours(surface, folder):
        if path.name not in wanted:
            fsops.unlink(path.name, dir_fd)


def _place(folder: Path, name: str, dir_fd: int, target: str, fsops: FsOps) -> None:
    path = folder / name
    if path.is_symlink() and str(path.readlink()) == target:
        return
    if os.path.lexists(path):
        raise _in_the_way(path)
    fsops.replace_link(name, dir_fd, target)


def _in_the_way(path: Path) -> ModuleError:
    return ModuleError(
        "applier-in-the-way",
        _("Something that PBX Admin did not make lies at {path}."),
        context={"path": str(path)},
        hint=_("Move it away, then check again."),
    )


def _missing(folder: Path) -> ModuleError:
    return ModuleError(
        "applier-folder-missing",
        _("The folder {path} does not exist."),
        context={"path": str(folder)},
        hint=_("Make it, or correct the setting that names it."),
    )
