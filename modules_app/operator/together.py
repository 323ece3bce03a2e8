"""Sets of operations of which all are done or none: one commit for all (reference R4.5).

All are prepared, one after another; one transaction changes the rows of all; then all are finished.
If one cannot be prepared, all are put back in reverse. So after a crash either the rows of all say
that they are committed, or those of none do, and each is led to its end as if it were alone.

What starts after the commit can still fail to start. Then that one is led back, and with it those
after it that have not started yet: they may need it. Those before it have proved themselves.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction

from modules_app.domain.batches import PUT_BACK
from modules_app.domain.operations import Outcome, Stage
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.operator.faults import (
    BEGUN,
    COMMITTED,
    RECOVERING,
    SET_COMMITTING,
    SET_ONE_BACK,
    SET_PREPARED,
    UNDOING,
)
from modules_app.operator.journal import outcome_of
from modules_app.operator.run import (
    after_commit,
    close,
    drop_package,
    go_forward,
    guard,
    lead_back,
    resume,
    run_operation,
    why_it_ended,
    work_for,
)
from modules_app.operator.tools import Tools
from modules_app.operator.turns import is_together, members
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point

log = logging.getLogger("pbxadmin.operator")


@dataclass(frozen=True, slots=True)
class Failure:
    """Which operation of a set did not succeed, and why."""

    work: Work
    problem: ModuleError

    @property
    def for_others(self) -> ModuleError:
        """Return the error of the others, which are put back because of it."""
        operation = self.work.operation
        return ModuleError(
            PUT_BACK,
            _(
                "It was put back as it was before, because operation {operation} on “{id}” "
                "did not succeed: all or none."
            ),
            context={"operation": operation.pk, "id": operation.module_id},
            hint=_("Read what that operation says, mend it and ask for all of them again."),
        )


def run_claimed(operation: Operation, tools: Tools) -> None:
    """Run a claimed operation to its end, together with those of its set if it is of one."""
    if not is_together(operation):
        run_operation(operation, tools)
        return
    works = _running(operation, tools)
    log.info("begin %s together", ", ".join(str(work.operation) for work in works))
    fault_point(BEGUN)
    failure = _prepare(works) or _commit(works)
    if failure is not None:
        _put_all_back(works, failure)
        return
    fault_point(COMMITTED)
    _finish(works, again=False)


def resume_claimed(operation: Operation, tools: Tools) -> None:
    """Lead an interrupted operation to its end, together with those of its set if it is of one."""
    if not is_together(operation):
        resume(operation, tools)
        return
    works = _running(operation, tools)
    with transaction.atomic():
        for work in works:
            work.journal.remember(attempts=work.operation.attempts + 1)
    fault_point(RECOVERING)
    if any(work.operation.committed or work.operation.error for work in works):
        _finish(works, again=True)
        return
    _undo(works)
    with transaction.atomic():
        for work in works:
            close(work, Outcome.ABORTED, why_it_ended(work.operation))


def unended(operation_id: int) -> Operation | None:
    """Return the first operation that is recorded as running of the set of this one, if any."""
    operation = Operation.objects.select_related("batch").filter(pk=operation_id).first()
    if operation is None:
        return None
    return members(operation).filter(outcome=Outcome.RUNNING).first()


def _running(operation: Operation, tools: Tools) -> list[Work]:
    running = members(operation).filter(outcome=Outcome.RUNNING)
    return [work_for(one, tools) for one in running]


def _prepare(works: list[Work]) -> Failure | None:
    for work in works:
        problem = guard(work.prepare)
        if problem is not None:
            return Failure(work, problem)
        fault_point(SET_PREPARED)
    return None


def _commit(works: list[Work]) -> Failure | None:
    """Change the rows of all in the one transaction that decides."""
    tried: list[Work] = []

    def commit() -> None:
        with transaction.atomic():
            for work in works:
                tried.append(work)
                work.journal.enter(Stage.COMMIT)
                work.commit()
                work.journal.commit()
                fault_point(SET_COMMITTING)

    problem = guard(commit)
    return Failure(tried[-1] if tried else works[0], problem) if problem is not None else None


def _put_all_back(works: list[Work], failure: Failure) -> None:
    fault_point(UNDOING)
    _undo(works)
    with transaction.atomic():
        for work in reversed(works):
            work.operation.committed = False
            if work is failure.work:
                close(work, outcome_of(failure.problem), failure.problem)
            else:
                close(work, Outcome.CANCELLED, failure.for_others)
    if outcome_of(failure.problem) is Outcome.FAILED:
        drop_package(failure.work.operation)


def _undo(works: list[Work]) -> None:
    for work in reversed(works):
        problem = guard(work.undo)
        if problem is not None:
            log.error("undo of %s: %s", work.operation, problem)
        fault_point(SET_ONE_BACK)


def _finish(works: list[Work], *, again: bool) -> None:
    """Do for each what may be repeated; one that fails to start takes those after it along."""
    failure = _failed_start(works[0])
    for work in works:
        if work.operation.error and not work.operation.committed:  # led back, but not closed
            guard(work.undo)
            close(work, Outcome.FAILED, why_it_ended(work.operation))
        elif failure is not None and work.returns and not work.is_checked:
            lead_back(work, failure.for_others)
        elif again:
            go_forward(work)
        else:
            after_commit(work)
        if failure is None and work.operation.outcome == Outcome.FAILED:
            failure = Failure(work, why_it_ended(work.operation))


def _failed_start(work: Work) -> Failure | None:
    """Return the operation of the set that was led back before the operator ended, if any."""
    failed = members(work.operation).filter(outcome=Outcome.FAILED).first()
    if failed is None:
        return None
    return Failure(work_for(failed, work.tools), why_it_ended(failed))
