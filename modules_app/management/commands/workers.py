"""``manage.py workers``: keep the background processes of enabled modules running."""

from __future__ import annotations

import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from modules_app.domain.workers import CrashRule
from modules_app.processes.locks import FileLock
from modules_app.selectors.settings import read_setting
from modules_app.services.event_delivery import EventDelivery
from modules_app.workers.process import Timing
from modules_app.workers.supervisor import Limits, Options, Supervisor
from modules_app.workers.wanted import Wanted, WantedReader

BUSY = 5


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C. A second one says who has the lock and ends with status 5."""

    help = "Run the workers of enabled modules, and tell modules of changed records."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock and run the supervisor; model events are delivered beside it."""
        with FileLock(settings.PBX_DATA_DIR / "run" / "workers.lock") as lock:
            if not lock.try_lock():
                holder = lock.holder()
                who = f"process {holder.pid} ({holder.command})" if holder else "another process"
                raise CommandError(f"The workers are running already: {who}.", returncode=BUSY)
            supervisor = Supervisor(
                supervisor_options(), read_wanted=_Reader().read, errors=(DatabaseError,)
            )
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: supervisor.stop())
            with EventDelivery(settings.PBX_DATA_DIR):
                supervisor.run()


def supervisor_options() -> Options:
    """Return what the settings say."""
    return Options(
        data_dir=settings.PBX_DATA_DIR,
        language=_language(),
        limits=Limits(**settings.PBX_WORKER_LIMITS),
        timing=Timing(**settings.PBX_WORKER_SECONDS),
        rule=CrashRule(**settings.PBX_WORKER_CRASHES),
    )


class _Reader:
    """Reads rows; after an error the next call connects anew."""

    def __init__(self) -> None:
        self._rows = WantedReader()

    def read(self) -> Wanted:
        """Return what must run."""
        try:
            return self._rows.read()
        except DatabaseError:
            connection.close()
            raise


def _language() -> str:
    try:
        return read_setting("WebAdminLanguage") or "en"
    except DatabaseError as error:
        logging.getLogger("pbxadmin.workers").error("the language cannot be read: %s", error)
        connection.close()
        return "en"
