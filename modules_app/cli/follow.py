"""Following an operation from the command line, and running it where no operator does."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from django.utils.translation import gettext

from modules_app.cli.output import say, sentence, show_error
from modules_app.domain.operations import OPEN, STAGE_LABELS, Outcome, Stage
from modules_app.exceptions import Busy
from modules_app.models import Operation
from modules_app.operator.host_link import operator_is_running
from modules_app.operator.loop import Operator
from modules_app.selectors.batches import BatchPage, get_batch
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
            _run_here(lambda: _has_ended(operation))
        time.sleep(_PAUSE)


def follow_batch(batch_id: int, *, quiet: bool = False) -> BatchPage:
    """Wait for the end of a batch, telling what begins; run it if nobody else does."""
    told: dict[int, set[str]] = {}

    def is_over() -> bool:
        return not Operation.objects.filter(batch=batch_id, outcome__in=OPEN).exists()

    while True:
        page = get_batch(batch_id)
        for item in page.items if not quiet else ():
            if item.operation is not None and item.outcome != Outcome.QUEUED:
                _tell_of_batch(item.operation, told)
        if not page.open:
            return page
        if not operator_is_running(data_dir()):
            _run_here(is_over)
        time.sleep(_PAUSE)


def wait_until(is_over: Callable[[], bool]) -> None:
    """Wait for what the operator does; be the operator if there is none."""
    while not is_over():
        if not operator_is_running(data_dir()):
            _run_here(is_over)
        time.sleep(_PAUSE)


def _tell_of_batch(operation: Operation, told: dict[int, set[str]]) -> None:
    if operation.pk not in told:
        told[operation.pk] = set()
        say(f"#{operation.pk} {operation.verb} {operation.module_id}")
    _tell_stages(operation, told[operation.pk])


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


def _has_ended(operation: Operation) -> bool:
    return not Operation.objects.filter(pk=operation.pk, outcome__in=OPEN).exists()


def _run_here(ended: Callable[[], bool]) -> None:
    """Become the operator until ``ended`` holds."""
    try:
        with Operator(data_dir()) as operator:
            operator.serve(until=ended)
    except Busy:
        return
