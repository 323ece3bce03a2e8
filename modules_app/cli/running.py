"""Running one verb of a command: the language, errors in words, exit codes (design 7)."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError

from modules_app.cli.batches import lines_of, plan_document
from modules_app.cli.output import print_error, print_findings, print_json, readable, say
from modules_app.exceptions import ModuleError
from modules_app.selectors.settings import read_setting
from modules_app.services.batches import PlanRefused
from modules_app.services.uploads import PackageInvalid


def language() -> str:
    """Return the language of the command line; safe mode must work when no row can be read."""
    try:
        return read_setting("SSHLanguage")
    except DatabaseError:
        return "en"


def run(handler: Callable[[Any], int], arguments: Namespace) -> int:
    """Run one verb; print an error as the person wants it, and return the exit code."""
    try:
        return handler(arguments)
    except ModuleError as error:
        _report(error, as_json=arguments.json)
        return error.exit_code
    except BrokenPipeError:  # the reader, such as head, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _report(error: ModuleError, *, as_json: bool) -> None:
    report = error.report if isinstance(error, PackageInvalid) else {}
    plan = error.plan if isinstance(error, PlanRefused) else None
    if as_json:
        planned = plan_document(plan) if plan else {}
        print_json(readable({**report, **planned, "error": error.as_dict()}))
    else:
        for line in lines_of(plan) if plan else ():
            say(line)
        print_findings(report)
        print_error(error)
