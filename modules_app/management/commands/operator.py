"""The operator process: runs what was asked for."""

from __future__ import annotations

import gc
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules_app.exceptions import Busy
from modules_app.operator.loop import Operator
from modules_app.selectors.registry import data_dir


class Command(BaseCommand):
    """Runs queued operations until it is told to stop."""

    help = "Run queued module operations; recovers interrupted ones first."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold the operator lock and serve."""
        try:
            with Operator(data_dir()) as operator:
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, lambda *_: operator.stop())
                operator.tools.zygote.start()
                gc.freeze()
                self.stdout.write("operator: ready")
                operator.serve()
        except Busy as error:
            raise CommandError(str(error), returncode=error.exit_code) from error
