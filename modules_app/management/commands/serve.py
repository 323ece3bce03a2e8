"""``manage.py serve``: web, host and operator on this machine; started by script/server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules_app.applier.nginx import command
from modules_app.processes.server import ServerOptions, serve
from modules_app.processes.supervisord import Program
from modules_app.services.users import setup_code


class Command(BaseCommand):
    """Runs in the foreground until SIGTERM or Ctrl-C."""

    help = "Run everything on this machine, in the foreground."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch for people who write a module."""
        parser.add_argument(
            "--watch",
            metavar="DIR",
            help="install the module in this folder, and again whenever its files change",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, and leave with the status that says how it ended."""
        watch = Path(options["watch"]).absolute() if options["watch"] else None
        if watch is not None and not watch.is_dir():
            raise CommandError(f"{watch} is no folder.")
        where = ServerOptions(
            data_dir=settings.PBX_DATA_DIR,
            project=settings.BASE_DIR,
            address=settings.PBX_BIND,
            port=settings.PBX_PORT,
            https=settings.HTTPS,
            watch=watch,
            more=_more(),
        )
        sys.exit(serve(where, setup_code=setup_code))


def _more() -> tuple[Program, ...]:
    """Return the nginx of our own, if one is wanted."""
    return (Program("nginx", command(), 10),) if settings.PBX_NGINX_PORT else ()
