"""``manage.py applier``: put generated files in place and reload programs."""

from __future__ import annotations

import logging
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modules_app.applier.client import may_write, socket_path
from modules_app.applier.places import etc_dir, is_others_to_change
from modules_app.applier.programs import begin, end
from modules_app.applier.server import Server, allowed_users
from modules_app.packages.fsops import FsOps
from modules_app.processes.locks import FileLock

BUSY = 5


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C. A second one says who has the lock and ends with status 5."""

    help = "Put generated configuration in place and reload programs; the only part run as root."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock and answer requests."""
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
        if not may_write():
            self._wait_idly()
            return
        if is_others_to_change(etc_dir()):
            raise CommandError(
                f"{etc_dir()} is not root's alone: whoever owns it, or a folder above it, could "
                "let programs of root read other files. Set PBX_ETC_DIR to a folder of root's."
            )
        FsOps().make_root(etc_dir(), mode=0o755)
        with FileLock(etc_dir() / ".applier.lock") as lock:
            if not lock.try_lock():
                holder = lock.holder()
                who = f"process {holder.pid} ({holder.command})" if holder else "another process"
                raise CommandError(f"The applier is running already: {who}.", returncode=BUSY)
            server = self._server()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: server.stop())
            begin()
            self.stdout.write(f"applier: ready, files below {etc_dir()}")
            self.stdout.flush()
            server.serve()
            end()

    def _wait_idly(self) -> None:
        """Do nothing until asked to end: the files are root's, whose applier everybody asks."""
        self.stdout.write(f"applier: {etc_dir()} belongs to another user; its applier is asked")
        self.stdout.flush()
        awaited = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
        signal.sigwait(awaited)

    def _server(self) -> Server:
        try:
            return Server(socket_path(), users=allowed_users(settings.PBX_DATA_DIR))
        except FileNotFoundError as error:
            raise CommandError(
                f"{socket_path().parent} does not exist. Start the server once; it makes the "
                "data folder."
            ) from error
