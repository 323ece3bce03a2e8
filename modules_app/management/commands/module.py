"""`manage.py module VERB`: everything about modules over ssh (design 7)."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from modules_app.cli import (
    authors,
    batches,
    changing,
    console,
    events,
    firewall,
    hooks,
    keeping,
    placing,
    reading,
    safe_mode,
    surfaces,
    tokens,
    trust,
    workers,
)
from modules_app.cli.output import VisibleText
from modules_app.cli.parser import add_verbs
from modules_app.cli.running import language, run

HANDLERS = {
    "list": reading.list_all,
    "show": reading.show,
    "check": reading.check,
    "plan": reading.plan,
    "verify": reading.verify,
    "operations": reading.operations,
    "log": reading.log,
    "batch": batches.batch,
    "kept": reading.kept,
    "doctor": reading.doctor,
    "new": authors.new,
    "workers": workers.workers,
    "events": events.events,
    "hooks": hooks.hooks,
    "surfaces": surfaces.surfaces,
    "custom-file": surfaces.custom,
    "pack": authors.pack,
    "test": authors.test,
    "watch": authors.watch,
    "install": changing.install,
    "upgrade": changing.upgrade,
    "enable": changing.enable,
    "disable": changing.disable,
    "remove": changing.remove,
    "rollback": changing.rollback,
    "repair": changing.repair,
    "purge": changing.purge,
    "cancel": changing.cancel,
    "run": console.run,
    "export": keeping.export,
    "import": keeping.take_over,
    "place": placing.place,
    "safe-mode": safe_mode.safe_mode,
    "firewall": firewall.firewall,
    "bans": firewall.bans,
    "audit": trust.audit,
    "unlock": trust.unlock,
    "token": tokens.token,
}


class Command(BaseCommand):
    """Ends with 0 done, 1 failed and restored, 2 usage, 3 partly, 4 refused, 5 busy, 6 attention.

    "Attention" means that the way back failed, too, and a person must look.
    """

    help = "Manage modules. Run `manage.py module VERB --help` for one verb."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the verbs."""
        add_verbs(parser, HANDLERS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb and leave with its exit code."""
        logging.getLogger("pbxadmin.operator").setLevel(logging.WARNING)  # its stages are told
        arguments = Namespace(**options)
        with ExitStack() as around:
            around.enter_context(redirect_stdout(VisibleText(sys.stdout)))  # type: ignore[type-var]
            around.enter_context(redirect_stderr(VisibleText(sys.stderr)))  # type: ignore[type-var]
            around.enter_context(translation.override(language()))
            code = run(options["handler"], arguments)
        if code:
            sys.exit(code)
