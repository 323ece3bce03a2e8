"""The folders below PBX_DATA_DIR (design 4)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from modules_app.packages.fsops import FsOps

# uploads and packages hold what strangers sent; only the owner looks in there (W06).
_MODES = {
    "store": 0o750,
    "data": 0o750,
    "packages": 0o700,
    "uploads": 0o700,
    "backups": 0o700,
    "trash": 0o700,
    "etc": 0o750,
    "log": 0o750,
    "run": 0o750,
}


@dataclass(frozen=True, slots=True)
class DataDir:
    """Where each kind of state lives; ``root`` is the absolute path of PBX_DATA_DIR."""

    root: Path

    @property
    def store(self) -> Path:
        """Unpacked generations: ``store/<id>/<generation>/``."""
        return self.root / "store"

    @property
    def data(self) -> Path:
        """The modules' own data: ``data/<id>/<epoch>/module.db``."""
        return self.root / "data"

    @property
    def packages(self) -> Path:
        """Accepted packages by digest: ``packages/<sha256>``."""
        return self.root / "packages"

    @property
    def uploads(self) -> Path:
        """Uploads that nobody has decided about yet: ``uploads/<uuid>.part``."""
        return self.root / "uploads"

    @property
    def backups(self) -> Path:
        """Copies of the core database, which holds password hashes: only the owner looks in."""
        return self.root / "backups"

    @property
    def trash(self) -> Path:
        """What no row explains, for a week: ``trash/<store or data>-<id>-<name>-…``."""
        return self.root / "trash"

    @property
    def etc_(self) -> Path:
        """Generated configuration."""
        return self.root / "etc"

    @property
    def log(self) -> Path:
        """Log files."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Sockets, locks, process ids and registry files."""
        return self.root / "run"

    def generation(self, module_id: str, generation: str) -> Path:
        """Return the folder of one generation; its files are below ``code/``."""
        return self.store / module_id / generation

    def epoch(self, module_id: str, epoch: str) -> Path:
        """Return the folder of one epoch of a module's data."""
        return self.data / module_id / epoch

    def prepare(self, fsops: FsOps) -> None:
        """Create what is missing, durably; an existing folder gets its permissions back."""
        fsops.make_root(self.root)
        with fsops.directory(self.root) as root_fd:
            for name, mode in _MODES.items():
                if not fsops.ensure_dir(name, root_fd, mode=mode):
                    _restrict(fsops, name, root_fd, mode)
            fsops.sync_dir(root_fd)


def _restrict(fsops: FsOps, name: str, root_fd: int, mode: int) -> None:
    below = fsops.open_dir(name, root_fd)
    try:
        if os.fstat(below).st_mode & 0o777 & ~mode:
            fsops.change_mode(below, mode)
    finally:
        os.close(below)
