"""Links from the system's folders to generated files.

    /etc/cron.d/pbxadmin -> <PBX_ETC_DIR>/cron/pbxadmin
    /etc/nginx/pbxadmin/modules_servers/ModuleX.conf -> <PBX_ETC_DIR>/nginx/…/ModuleX.conf

They lead through the surface's own link, so a swap changes what they show all at once; here only
names come and go. Nothing that PBX Admin did not make is replaced or removed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from modules_app.applier import places
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps


@dataclass(frozen=True, slots=True)
class Linked:
    """Which files are linked into the folder that ``setting`` names.

    ``below`` are folders of the surface, "" for the surface's own.
    """

    setting: str
    below: tuple[str, ...]


LINKED: Mapping[str, Linked] = {
    "cron": Linked("PBX_CRON_DIR", ("",)),
    "nginx": Linked("PBX_NGINX_DIR", ("modules_locations", "modules_servers")),
}


def system_dir(surface: str) -> Path | None:
    """Return the system's folder for this surface, None when nothing is linked there."""
    linked = LINKED.get(surface)
    value = getattr(settings, linked.setting, "") if linked else ""
    return Path(value) if value else None


def update(surface: str, fsops: FsOps) -> None:
    """Make the links match the files in use.

    Raises ``ModuleError`` when something is in the way.
    """
    for folder, wanted in _wanted(surface):
        if not folder.is_dir():
            raise ModuleError(
                "applier-folder-missing",
                _("The folder {path} does not exist."),
                context={"path": str(folder)},
                hint=_("Make it, or correct the setting that names it."),
            )
        with fsops.directory(folder) as dir_fd:
            _remove_others(surface, folder, dir_fd, wanted, fsops)
            for name, target in wanted.items():
                _place(folder, name, dir_fd, target, fsops)
            fsops.sync_dir(dir_fd)


def are_right(surface: str) -> bool:
    """Tell whether every link is there and no other one of ours."""
    return all(
        {path.name: str(path.readlink()) for path in _ours(surface, folder)} == wanted
        for folder, wanted in _wanted(surface)
    )


def _wanted(surface: str) -> list[tuple[Path, dict[str, str]]]:
    system = system_dir(surface)
    if system is None:
        return []
    return [(system / below, _targets(surface, below)) for below in LINKED[surface].below]


def _targets(surface: str, below: str) -> dict[str, str]:
    folder = places.folder_of(surface) / below
    found = folder.iterdir() if folder.is_dir() else ()
    return {path.name: str(path) for path in found if path.is_file()}


def _ours(surface: str, folder: Path) -> list[Path]:
    start = f"{places.folder_of(surface)}/"
    found = folder.iterdir() if folder.is_dir() else ()
    return [path for path in found if path.is_symlink() and str(path.readlink()).startswith(start)]


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
        raise ModuleError(
            "applier-in-the-way",
            _("Something that PBX Admin did not make lies at {path}."),
            context={"path": str(path)},
            hint=_("Move it away, then check again."),
        )
    fsops.replace_link(name, dir_fd, target)
