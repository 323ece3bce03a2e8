"""Sets of files: each immutable and named by its digest; one link per surface says which is used.

    etc/.sets/nginx/<digest>/modules_locations/ModuleX.conf
    etc/nginx -> .sets/nginx/<digest>

The link is replaced by one rename, so whoever reads ``etc/nginx/…`` sees the old set or the new
one, also after a power cut. A set that was altered or lost is written again from the draft.
"""

from __future__ import annotations

import grp
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from modules_app.applier import places, targets
from modules_app.applier.faults import INSTALLED, STAGED, SWAPPED
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.faults import fault_point
from modules_app.packages.fsops import FsOps

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_MODE = 0o755
_FILE_MODE = 0o644
_SECRET_FOLDER_MODE = 0o750
_SECRET_FILE_MODE = 0o640


class Sets:
    """The sets of one surface below ``etc``; ``drafts`` is where others lay out their files."""

    def __init__(self, surface: str, *, etc: Path, drafts: Path, fsops: FsOps) -> None:
        self._surface = surface
        self._etc = etc
        self._drafts = drafts
        self._fsops = fsops

    def current(self) -> str:
        """Return the digest of the set in use, "" when there is none."""
        try:
            return (self._etc / self._surface).readlink().name
        except OSError:
            return ""

    def contents(self) -> dict[str, str]:
        """Return path and digest of every file in use, whatever somebody did to it."""
        folder = self._etc / self._surface
        return _digests(folder, self._surface) if folder.is_dir() else {}

    def stage(self, files: Mapping[str, str], links: Mapping[str, str]) -> Path:
        """Make sure that a set lies there whole; return its folder, whose name is its digest.

        ``files`` are paths and digests of the draft, ``links`` paths and targets in the store.
        Raises ``Refused`` when a file of the draft is not what its digest says, or a target is
        no file of a module.
        """
        wanted = {**files, **{path: targets.link_digest(links[path]) for path in links}}
        digest = places.set_digest(wanted)
        folder = self._etc / places.SETS / self._surface / digest
        targets.refuse_lost(links, self._fsops)
        if folder.is_dir() and _digests(folder, self._surface) == wanted:
            self._hand_over(folder)
            return folder
        self._prepare()
        with self._fsops.directory(self._etc, places.SETS, self._surface) as sets_fd:
            self._fsops.remove_tree(f".{digest}.new", sets_fd)
            mode = _SECRET_FOLDER_MODE if self._is_secret else _FOLDER_MODE
            new_fd = self._fsops.make_and_open_dir(f".{digest}.new", sets_fd, mode=mode)
            try:
                self._give(new_fd)
                for path, sha256 in files.items():
                    self._copy(path, sha256, new_fd)
                for path, target in links.items():
                    self._link(path, target, new_fd)
                self._fsops.sync_tree(new_fd)
            finally:
                os.close(new_fd)
            self._fsops.remove_tree(digest, sets_fd)
            self._fsops.rename(f".{digest}.new", digest, sets_fd)
            self._fsops.sync_dir(sets_fd)
        fault_point(STAGED)
        return folder

    def folder_of(self, digest: str) -> Path:
        """Return where the set ``digest`` lies, if it is there."""
        return self._etc / places.SETS / self._surface / digest

    def use(self, digest: str) -> None:
        """Make the set ``digest`` the one in use; "" takes all files away."""
        if digest and not self.folder_of(digest).is_dir():
            raise Refused(
                "applier-set-lost",
                _("The files before are not there any more."),
                hint=_("Check again: they are made anew."),
            )
        self._prepare()
        with self._fsops.directory(self._etc) as etc_fd:
            self._refuse_a_folder(etc_fd)
            if digest:
                target = f"{places.SETS}/{self._surface}/{digest}"
                self._fsops.replace_link(self._surface, etc_fd, target)
            else:
                self._fsops.unlink(self._surface, etc_fd)
            self._fsops.sync_dir(etc_fd)
        fault_point(SWAPPED)

    def sweep(self, *keep: str) -> None:
        """Remove all sets but those in ``keep``."""
        fault_point(INSTALLED)
        folder = self._etc / places.SETS / self._surface
        if not folder.is_dir():
            return
        with self._fsops.directory(folder) as sets_fd:
            for path in sorted(folder.iterdir()):
                if path.name not in keep:
                    self._fsops.remove_tree(path.name, sets_fd)

    def _prepare(self) -> None:
        self._fsops.make_root(self._etc, mode=_FOLDER_MODE)
        with self._fsops.directory(self._etc) as etc_fd:
            self._fsops.ensure_dir(places.SETS, etc_fd, mode=_FOLDER_MODE)
        with self._fsops.directory(self._etc, places.SETS) as sets_fd:
            self._fsops.ensure_dir(self._surface, sets_fd, mode=_FOLDER_MODE)

    def _refuse_a_folder(self, etc_fd: int) -> None:
        with suppress(FileNotFoundError):
            mode = os.stat(self._surface, dir_fd=etc_fd, follow_symlinks=False).st_mode
            if not stat.S_ISLNK(mode):
                raise ModuleError(
                    "applier-in-the-way",
                    _("Something that PBX Admin did not make lies at {path}."),
                    context={"path": str(self._etc / self._surface)},
                    hint=_("Move it away, then check again."),
                )

    def _copy(self, path: str, sha256: str, new_fd: int) -> None:
        """Copy one file of the draft, following no link, if it is what its digest says."""
        _surface, *folders, name = path.split("/")
        data_dir, below_it = self._drafts.parents[1], self._drafts.parts[-2:]
        with self._fsops.directory(data_dir, *below_it, self._surface, *folders) as draft_fd:
            data = _read_regular(name, draft_fd, path)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refused(
                "applier-digest-differs",
                _("“{path}” is not what its digest says."),
                context={"path": path},
            )
        with self._made(folders, new_fd) as below:
            mode = _SECRET_FILE_MODE if self._is_secret else _FILE_MODE
            file_fd = self._fsops.create_file(name, below, mode=mode)
            try:
                self._give(file_fd)
                self._fsops.write(file_fd, data)
            finally:
                os.close(file_fd)

    @property
    def _is_secret(self) -> bool:
        return self._surface in places.SECRET

    def _give(self, fd: int) -> None:
        """Let the group of PBX_ASTERISK_GROUP read what holds passwords."""
        if self._is_secret and settings.PBX_ASTERISK_GROUP:
            self._fsops.change_group(fd, _group(settings.PBX_ASTERISK_GROUP))

    def _hand_over(self, folder: Path) -> None:
        """Give a set that lies there already to the group of today: the setting may be new."""
        if not self._is_secret:
            return
        name = settings.PBX_ASTERISK_GROUP
        group = _group(name) if name else os.getegid()
        for path in (folder, *(one for one in sorted(folder.rglob("*")) if one.is_file())):
            fd = os.open(path, _READ)
            try:
                if os.fstat(fd).st_gid != group:
                    self._fsops.change_group(fd, group)
            finally:
                os.close(fd)

    def _link(self, path: str, target: str, new_fd: int) -> None:
        _surface, *folders, name = path.split("/")
        with self._made(folders, new_fd) as below:
            self._fsops.replace_link(name, below, targets.address_of(target))

    @contextmanager
    def _made(self, folders: list[str], top_fd: int) -> Iterator[int]:
        """Yield a descriptor of the folder below ``top_fd``, made where it is missing."""
        below = os.dup(top_fd)
        try:
            for folder in folders:
                self._fsops.ensure_dir(folder, below, mode=_FOLDER_MODE)
                deeper = self._fsops.open_dir(folder, below)
                os.close(below)
                below = deeper
            yield below
        finally:
            os.close(below)


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise ModuleError(
            "applier-no-group",
            _("The group “{name}” does not exist on this machine."),
            context={"name": name},
            hint=_("Correct PBX_ASTERISK_GROUP: it is the group as which Asterisk runs."),
        ) from error


def _read_regular(name: str, dir_fd: int, path: str) -> bytes:
    fd = os.open(name, _READ, dir_fd=dir_fd)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > places.LARGEST_FILE:
            raise Refused(
                "applier-file-wrong",
                _("“{path}” is no ordinary file, or too large."),
                context={"path": path},
            )
        with os.fdopen(os.dup(fd), "rb") as stream:
            return stream.read(places.LARGEST_FILE + 1)
    finally:
        os.close(fd)


def _digests(folder: Path, surface: str) -> dict[str, str]:
    found = {}
    for top, _folders, names in os.walk(folder):
        for name in names:
            path = Path(top) / name
            relative = path.relative_to(folder).as_posix()
            with suppress(OSError):
                found[f"{surface}/{relative}"] = _digest(path)
    return found


def _digest(path: Path) -> str:
    if path.is_symlink():
        return targets.digest_on_disk(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()
