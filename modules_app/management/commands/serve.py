"""``manage.py serve``: web, host and operator on this machine; started by script/server."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from modules_app.processes.server import ServerOptions, serve
from modules_app.services.users import setup_code


class Command(BaseCommand):
    """Runs in the foreground until SIGTERM or Ctrl-C."""

    help = "Run everything on this machine, in the foreground."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, and leave with the status that says how it ended."""
        where = ServerOptions(
            data_dir=settings.PBX_DATA_DIR,
            project=settings.BASE_DIR,
            address=settings.PBX_BIND,
            port=settings.PBX_PORT,
            https=settings.HTTPS,
        )
        sys.exit(serve(where, setup_code=setup_code))
