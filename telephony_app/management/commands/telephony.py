"""`manage.py telephony KIND VERB`: telephone records over ssh (design 7)."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from modules_app.cli.output import VisibleText
from modules_app.cli.running import language, run
from telephony_app.cli.applying import add_words
from telephony_app.cli.parser import add_kinds


class Command(BaseCommand):
    """Ends with 0 done, 1 failed, 2 usage, 4 refused, 5 busy, 6 needs attention."""

    help = "Manage extensions, providers and routes. Try `manage.py telephony extension --help`."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the kinds of records with their verbs, and what is done with all of them."""
        add_words(add_kinds(parser))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb and leave with its exit code."""
        with ExitStack() as around:
            around.enter_context(redirect_stdout(VisibleText(sys.stdout)))  # type: ignore[type-var]
            around.enter_context(redirect_stderr(VisibleText(sys.stderr)))  # type: ignore[type-var]
            around.enter_context(translation.override(language()))
            code = run(options["handler"], Namespace(**options))
        if code:
            sys.exit(code)
