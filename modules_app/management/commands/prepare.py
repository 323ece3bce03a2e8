"""``manage.py prepare``: what script/setup needs after an update of the code."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from modules_app.models import Operation
from modules_app.operator import backups
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps

_STAMP = "static.stamp"


class Command(BaseCommand):
    """Creates the data folder, brings the database up to date and collects static files."""

    help = "Bring data folder, database and static files up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do all of it in one process; safe to repeat."""
        data_dir = DataDir(settings.PBX_DATA_DIR)
        data_dir.prepare(FsOps())
        if _is_empty(data_dir.root / backups.CORE):
            _refuse_lost_database(data_dir)
        call_command("migrate", verbosity=0)
        if not Operation.objects.exists():
            _refuse_lost_records(data_dir)
        _collect_static()


def _is_empty(database: Path) -> bool:
    return not database.exists() or database.stat().st_size == 0


def _refuse_lost_database(data_dir: DataDir) -> None:
    """Stop before a new database takes the place of a lost one (reference F15)."""
    if backup := backups.newest_good(data_dir):
        raise CommandError(
            f"core.sqlite3 is missing or empty, but there is a backup of {backup.at:%Y-%m-%d %H:%M}"
            " UTC. `manage.py restore_core` brings it back. To begin anew, move the folders "
            f"backups, store and data of {data_dir.root} away."
        )
    _refuse_lost_records(data_dir)


def _refuse_lost_records(data_dir: DataDir) -> None:
    """Stop before modules are treated as left-overs because the records of them are gone."""
    for folder in (data_dir.store, data_dir.data):
        if any(folder.iterdir()):
            raise CommandError(
                f"core.sqlite3 holds no record of any module, but {folder} holds files of some. "
                "Bring core.sqlite3 back from a backup, or move the folders store and data of "
                f"{data_dir.root} away to begin anew."
            )


def _collect_static() -> None:
    """Collect static files, unless they are the ones collected last time."""
    stamp = _fingerprint()
    path = Path(settings.PBX_DATA_DIR) / "run" / _STAMP
    if path.exists() and path.read_text() == stamp and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    FsOps().write_file_atomically(path.parent, path.name, stamp.encode())


def _fingerprint() -> str:
    """Return a digest of names, sizes and times of all static files."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
