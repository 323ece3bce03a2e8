"""Running one operation from its claim to its last row, and picking up one that was interrupted."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from django.db import connections, transaction

from modules_app.domain.operations import Outcome, Stage
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation, Upload
from modules_app.operator.afterwards import is_outdated, leave_for_later, settle, unfinished
from modules_app.operator.collecting import collect_missing
from modules_app.operator.export import Export
from modules_app.operator.faults import BEGUN, COMMITTED, RECOVERING, UNDOING
from modules_app.operator.importing import Import
from modules_app.operator.install import Install
from modules_app.operator.journal import outcome_of
from modules_app.operator.problems import unexpected
from modules_app.operator.purge import Purge
from modules_app.operator.remove import Remove
from modules_app.operator.repair import Repair
from modules_app.operator.rollback import Rollback
from modules_app.operator.surfaces import refresh
from modules_app.operator.switch import Disable, Enable
from modules_app.operator.tools import Tools
from modules_app.operator.upgrade import Upgrade
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.services.batch_end import end_if_over
from modules_app.services.lifecycle import enable_afterwards
from modules_app.services.uploads import drop_upload

log = logging.getLogger("pbxadmin.operator")

_WORKS: dict[str, type[Work]] = {
    Verb.INSTALL: Install,
    Verb.UPGRADE: Upgrade,
    Verb.ENABLE: Enable,
    Verb.DISABLE: Disable,
    Verb.REMOVE: Remove,
    Verb.ROLLBACK: Rollback,
    Verb.REPAIR: Repair,
    Verb.PURGE: Purge,
    Verb.IMPORT: Import,
    Verb.EXPORT: Export,
}

# A start that takes the operator down with it is not tried for ever (reference R4.6 U11).
ATTEMPTS = 1


def work_for(operation: Operation, tools: Tools) -> Work:
    """Return what carries out the verb of an operation."""
    return _WORKS[operation.verb](operation, tools)


def run_operation(operation: Operation, tools: Tools) -> None:
    """Run a claimed operation to its end; whatever happens, its row is closed."""
    log.info("begin %s", operation)
    fault_point(BEGUN)
    work = work_for(operation, tools)
    problem = guard(lambda: _up_to_commit(work))
    if problem is not None:
        _give_up(work, problem)
    else:
        fault_point(COMMITTED)
        after_commit(work)
    log.info("end %s: %s", operation, operation.outcome)


def after_commit(work: Work) -> None:
    """Do the part that may be repeated; what fails there leads back, or is done later."""
    problem = guard(work.finish)
    if problem is not None and work.returns and not work.is_checked:
        lead_back(work, problem)
        return
    extend(work)
    with transaction.atomic():
        if problem is not None:
            leave_for_later(work, problem)
        close(work, Outcome.DONE)


def close(work: Work, outcome: Outcome, problem: ModuleError | None = None) -> None:
    """Record the end of an operation, what follows it, and the end of its batch in one commit."""
    with transaction.atomic():
        work.journal.finish(outcome, problem)
        if outcome is Outcome.DONE:
            _go_on(work)
        end_if_over(work.operation.batch_id)


def extend(work: Work) -> None:
    """Let the surfaces follow: what the module adds to them, and what it adds no longer."""
    operation = work.operation
    guard(lambda: collect_missing(work.tools, module_id=operation.module_id, operation=operation))
    refresh(work.tools)


def lead_back(work: Work, problem: ModuleError) -> None:
    """Put back what was committed; only if not even the rows could be, somebody must look."""
    second = guard(lambda: work.revert(problem))
    extend(work)
    with transaction.atomic():
        if second is not None and work.operation.committed:
            work.journal.remember(result={**work.operation.result, "needs_attention": True})
            close(work, Outcome.FAILED, second)
        else:
            close(work, Outcome.FAILED, problem)


def repeat_unfinished(tools: Tools) -> None:
    """Finish what ended operations could not; call it while no operation runs."""
    for operation in unfinished():
        work = work_for(operation, tools)
        if is_outdated(operation):
            settle(work)
        else:
            _repeat(work)


def _repeat(work: Work) -> None:
    said = list(work.operation.messages)
    problem = guard(work.finish)
    if problem is None:
        extend(work)
        settle(work)
        return
    log.error("still not finished: %s: %s", work.operation, problem)
    work.journal.remember(messages=said)
    work.journal.close_steps()


def resume(operation: Operation, tools: Tools) -> None:
    """Lead an interrupted operation to its end: back before the commit point, forward after it."""
    work = work_for(operation, tools)
    with transaction.atomic():
        work.journal.remember(attempts=operation.attempts + 1)
    fault_point(RECOVERING)
    if operation.committed:
        go_forward(work)
        return
    guard(work.undo)
    outcome = Outcome.FAILED if operation.error else Outcome.ABORTED
    close(work, outcome, why_it_ended(operation))


def why_it_ended(operation: Operation) -> ModuleError:
    """Return the error that had led back already, or else that the operator ended."""
    if operation.error:
        return ModuleError(**operation.error)
    return ModuleError(
        "operation-interrupted",
        _("The operator process ended during the stage “{stage}”."),
        context={"stage": operation.stage},
        hint=_("Nothing has changed; start the operation again."),
    )


def go_forward(work: Work) -> None:
    """Repeat what follows the commit; if that ended the operator again and again, lead back."""
    if work.operation.attempts <= ATTEMPTS or work.is_checked or not work.returns:
        after_commit(work)
        return
    problem = ModuleError(
        "operation-ended-the-operator",
        _("The operator process ended {count} times while this operation was being finished."),
        context={"count": work.operation.attempts},
        hint=_("Tell the module's author; the log of the operator shows what happened."),
    )
    lead_back(work, problem)


def _up_to_commit(work: Work) -> None:
    work.prepare()
    with transaction.atomic():
        work.journal.enter(Stage.COMMIT)
        work.commit()
        work.journal.commit()


def _give_up(work: Work, problem: ModuleError) -> None:
    fault_point(UNDOING)
    second = guard(work.undo)
    if second is not None:
        log.error("undo of %s: %s", work.operation, second)
    outcome = outcome_of(problem)
    if outcome is Outcome.FAILED:
        drop_package(work.operation)
    work.operation.committed = False
    close(work, outcome, problem)


def drop_package(operation: Operation) -> None:
    """Forget the upload that an installation failed with."""
    for row in Upload.objects.filter(pk=operation.options.get("upload")):
        drop_upload(row)


def _go_on(work: Work) -> None:
    """Queue the enabling that the person asked for together with the installation."""
    operation = work.operation
    if not operation.options.get("enable"):
        return

    def follow() -> None:
        following = enable_afterwards(installed=operation)
        if following is not None:
            work.journal.remember(result={**operation.result, "next_operation": following.pk})

    problem = guard(follow)
    if problem is not None and problem.slug != "not-in-this-state":
        work.journal.say(problem.message, **problem.context)


def guard(action: Callable[[], object]) -> ModuleError | None:
    """Run a part of an operation and return its error; the one place that catches everything."""
    try:
        action()
    except ModuleError as error:
        return error
    except Exception as error:  # the operator outlives any fault of one operation
        log.exception("unexpected error in an operation")
        connections["default"].close_if_unusable_or_obsolete()
        return unexpected(error, traceback.format_exc())
    return None
