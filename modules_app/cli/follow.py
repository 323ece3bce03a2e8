"""Following an operation from the command line, and running it where no operator does."""

from __future__ import annotations

import time
from contextlib import suppress

from django.utils.translation import gettext

from modules_app.cli.output import say, sentence, show_error
from modules_app.domain.operations import OPEN, STAGE_LABELS, Outcome, Stage
from modules_app.exceptions import Busy
from modules_app.models import Operation
from modules_app.operator.host_link import operator_is_running
from modules_app.operator.loop import Operator
from modules_app.selectors.operations import get_operation
from modules_app.selectors.registry import data_dir

_PAUSE = 0.02

EXIT_CODES = {
    Outcome.DONE: 0,
    Outcome.FAILED: 1,
    Outcome.CANCELLED: 1,
    Outcome.ABORTED: 1,
    Outcome.REFUSED: 4,
}


def follow(operation: Operation, *, quiet: bool = False) -> Operation:
    """Wait for the end of an operation, telling its stages; run it if nobody else does."""
    told: set[str] = set()
    while True:
        operation.refresh_from_db()
        if not quiet:
            _tell_stages(operation, told)
        if operation.outcome not in OPEN:
            return operation
        if not operator_is_running(data_dir()):
            _run_here(operation)
        time.sleep(_PAUSE)


def _tell_stages(operation: Operation, told: set[str]) -> None:
    begun = operation.steps.exclude(outcome=Outcome.QUEUED).values_list("stage", flat=True)
    for stage in begun:
        if stage not in told:
            told.add(stage)
            say(f"  {gettext(STAGE_LABELS[Stage(stage)])}")


def end_interrupted() -> None:
    """End what a crash left open, where no operator process will do it."""
    interrupted = Operation.objects.filter(outcome=Outcome.RUNNING).exists()
    if interrupted and not operator_is_running(data_dir()):
        with suppress(Busy), Operator(data_dir()):
            return


def exit_code(operation: Operation) -> int:
    """Return the exit code of design 7 for a closed operation."""
    if operation.outcome == Outcome.FAILED and (operation.result or {}).get("needs_attention"):
        return 6
    return EXIT_CODES[Outcome(operation.outcome)]


def tell_end(operation: Operation) -> None:
    """Say what came of it: messages, error, outcome."""
    for message in operation.messages:
        say(f"  {sentence(message)}")
    if operation.error:
        show_error(operation.error)
    if get_operation(operation.pk).vetoed:
        command = f"module {operation.verb} {operation.module_id} --force"
        say(gettext("To do it anyway: {command}").format(command=command))


def _run_here(operation: Operation) -> None:
    """Become the operator until this operation has ended."""

    def ended() -> bool:
        return not Operation.objects.filter(pk=operation.pk, outcome__in=OPEN).exists()

    try:
        with Operator(data_dir()) as operator:
            operator.serve(until=ended)
    except Busy:
        return
