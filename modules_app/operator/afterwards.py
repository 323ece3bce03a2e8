"""What could not be finished after a commit: recorded, and repeated until it succeeds.

Some operations have no way back after their commit: installing, disabling and removing, and all
others once their check passed. If the disk fails then, the operation has happened all the same. It
ends as done and says what remains; the operator repeats that at its next start and hourly
(reference R4.4 U10: everything after the commit may be repeated).
"""

from __future__ import annotations

import logging

from django.db.models import QuerySet

from modules_app.domain.operations import UNFINISHED
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, caused_by
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.operator.cleaning import REPLACING
from modules_app.operator.work import Work

log = logging.getLogger("pbxadmin.operator")

_SWITCHING = (Verb.ENABLE, Verb.DISABLE)


def leave_for_later(work: Work, problem: ModuleError) -> None:
    """Record what kept a committed operation from being finished, and say so to people."""
    operation = work.operation
    log.error("%s is done, but not everything after it: %s", operation, problem)
    work.journal.remember(result={**operation.result, UNFINISHED: problem.as_dict()})
    work.journal.say(
        _("Not everything after the switch-over could be finished: {cause}"),
        **caused_by(problem, "cause"),
    )


def unfinished() -> QuerySet[Operation]:
    """Return the operations of which something remains to be done, oldest first."""
    return Operation.objects.filter(**{f"result__{UNFINISHED}__isnull": False}).order_by("id")


def is_outdated(operation: Operation) -> bool:
    """Tell whether a later operation on the module made the rest of this one meaningless."""
    verbs = (*REPLACING, *_SWITCHING) if operation.verb in _SWITCHING else REPLACING
    later = Operation.objects.filter(id_fold=operation.id_fold, pk__gt=operation.pk)
    return later.filter(committed=True, verb__in=verbs).exists()


def settle(work: Work) -> None:
    """Record that nothing remains."""
    result = {name: value for name, value in work.operation.result.items() if name != UNFINISHED}
    work.journal.remember(result=result)
    work.journal.say(_("What had remained was finished later."))
    work.journal.close_steps()
