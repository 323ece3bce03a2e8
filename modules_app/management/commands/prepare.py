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
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps

_STAMP = "static.stamp"


class Command(BaseCommand):
    """Creates the data folder, brings the database up to date and collects static files."""

    help = "Bring data folder, database and static files up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do all of it in one process; safe to repeat."""
        DataDir(settings.PBX_DATA_DIR).prepare(FsOps())
        call_command("migrate", verbosity=0)
        _refuse_lost_records(DataDir(settings.PBX_DATA_DIR))
        _collect_static()


def _refuse_lost_records(data_dir: DataDir) -> None:
    """Stop before modules are treated as left-overs because the records of them are gone."""
    if Operation.objects.exists():
        return
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
