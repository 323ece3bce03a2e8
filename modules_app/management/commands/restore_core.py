"""``manage.py restore_core``: bring the core database back from a backup (reference F15)."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules_app.exceptions import ModuleError
from modules_app.operator import backups
from modules_app.operator.backups import Backup
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.processes.locks import FileLock

_LOCKS = ("server.lock", "operator.lock", "host.lock")
BUSY = 5


class Command(BaseCommand):
    """Works without a core database. What is replaced is kept beside the backups."""

    help = "Bring the core database back from the newest good backup, or from the one named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the name of a backup and ``--list``."""
        parser.add_argument("name", nargs="?", default="", help="a backup, as --list names it")
        parser.add_argument("--list", action="store_true", help="list the backups and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or restore while nothing runs."""
        data_dir = DataDir(settings.PBX_DATA_DIR)
        data_dir.prepare(FsOps())
        if options["list"]:
            for backup in backups.list_backups(data_dir):
                self.stdout.write(_line(backup))
            return
        with ExitStack() as locks:
            for name in _LOCKS:
                lock = locks.enter_context(FileLock(data_dir.run / name))
                if not lock.try_lock():
                    message = f"Stop the server first: {lock.holder()} has run/{name}."
                    raise CommandError(message, returncode=BUSY)
            self._restore(data_dir, options["name"])

    def _restore(self, data_dir: DataDir, name: str) -> None:
        backup = _find(data_dir, name)
        try:
            aside = backups.restore(FsOps(), data_dir, backup)
        except ModuleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"core.sqlite3 is the backup of {backup.at:%Y-%m-%d %H:%M:%S} UTC again. The one "
            f"before lies in {aside}. Start the server; files of modules that this backup does "
            f"not know go to {data_dir.trash} for seven days."
        )


def _find(data_dir: DataDir, name: str) -> Backup:
    found = backups.list_backups(data_dir)
    if name:
        chosen = [one for one in found if one.path.name == name]
        if not chosen:
            raise CommandError(f"There is no backup {name}; --list names them.")
        return chosen[0]
    backup = backups.newest_good(data_dir)
    if backup is None:
        raise CommandError(f"There is no good backup in {data_dir.backups}.")
    return backup


def _line(backup: Backup) -> str:
    damage = backups.find_damage(backup.path)
    size = backup.path.stat().st_size
    verdict = f"damaged: {damage}" if damage else "good"
    return f"{backup.path.name}  {backup.at:%Y-%m-%d %H:%M:%S} UTC  {size} bytes  {verdict}"
