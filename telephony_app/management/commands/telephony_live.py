"""``manage.py telephony_live``: keep a connection to Asterisk and write down how it stands."""

from __future__ import annotations

import logging
import signal
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from modules_app.processes.locks import FileLock
from modules_app.services.hook_calls import ask_modules
from telephony_app.live.news import News
from telephony_app.live.worker import ANSWER_SECONDS, LiveWorker
from telephony_app.selectors.providers import endpoints_of_providers
from telephony_app.services.apply import tell_again
from telephony_app.services.asterisk import live_client

BUSY = 5
SECONDS = 5.0

log = logging.getLogger("pbxadmin.telephony")


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C. A second one says who has the lock and ends with status 5."""

    help = "Follow Asterisk: registrations, channels, providers; tell modules of what changes."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock and follow Asterisk, whether it runs or not."""
        run_dir = settings.PBX_DATA_DIR / "run"
        with FileLock(run_dir / "telephony.lock") as lock:
            if not lock.try_lock():
                holder = lock.holder()
                who = f"process {holder.pid} ({holder.command})" if holder else "another process"
                raise CommandError(f"Asterisk is followed already: {who}.", returncode=BUSY)
            worker = LiveWorker(
                run_dir,
                client=lambda: live_client(ANSWER_SECONDS),
                providers=endpoints_of_providers,
                news=News(run_dir, ask=_ask, on_connected=_connected),
            )
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: worker.stop())
            worker.run()


def _ask(hook: str, arguments: Mapping[str, Any]) -> None:
    """Call a hook of all modules; what stands against it is no concern of Asterisk's."""
    try:
        ask_modules(hook, arguments, seconds=SECONDS, total_seconds=4 * SECONDS)
    except DatabaseError as error:
        log.error("modules could not be told by %s: %s", hook, error)
        connection.close()


def _connected() -> None:
    try:
        tell_again()
    except DatabaseError as error:
        log.error("what Asterisk missed is told later: %s", error)
        connection.close()
