"""``manage.py host``: serve the pages of enabled modules."""

from __future__ import annotations

import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from modules_app.domain.strikes import Patience, StrikeRule
from modules_app.host.parent import HostOptions, HostParent, WorkerLimits
from modules_app.permissions import Actor
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import RegistryReader, current_sequence
from modules_app.services.verification import verify_modules

BUSY = 5


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C. A second one says who has the lock and ends with status 5."""

    help = "Serve the pages of enabled modules, in processes of their own."

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock and run the host parent."""
        with FileLock(settings.PBX_DATA_DIR / "run" / "host.lock") as lock:
            if not lock.try_lock():
                holder = lock.holder()
                who = f"process {holder.pid} ({holder.command})" if holder else "another process"
                raise CommandError(f"The host is running already: {who}.", returncode=BUSY)
            parent = HostParent(
                HostOptions(
                    data_dir=settings.PBX_DATA_DIR,
                    workers=settings.PBX_HOST_WORKERS,
                    import_timeout=settings.PBX_IMPORT_SECONDS,
                    limits=WorkerLimits(**settings.PBX_HOST_LIMITS),
                    rule=StrikeRule(**settings.PBX_STRIKES),
                    patience=Patience(**settings.PBX_PATIENCE),
                ),
                current_sequence=wanted_sequence,
                build_registry=RegistryReader().read,
                database_errors=(DatabaseError,),
            )
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: parent.stop())
            keep_damaged_out()
            parent.run()


def keep_damaged_out() -> None:
    """Mark the modules whose files or data are damaged, so that the first start leaves them out.

    When the database cannot be read or written now, the modules start as they are.
    """
    try:
        actor = Actor.system(channel="system", name="host")
        verify_modules(actor=actor, seconds=settings.PBX_VERIFY_SECONDS)
    except (DatabaseError, OSError) as error:
        logging.getLogger("pbxadmin.host").error("modules could not be verified: %s", error)
        connection.close()


def wanted_sequence() -> int:
    """Return the number that web switches by; after an error the next call connects anew."""
    try:
        return current_sequence()
    except DatabaseError:
        connection.close()
        raise
