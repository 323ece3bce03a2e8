"""Deleting what earlier versions of a module left in its data, on a person's demand."""

from __future__ import annotations

from modules_app import audit
from modules_app.domain.leftovers import LeftOver, choose
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.modules import find_module
from modules_app.services.queueing import first_of, queue, refuse_in_this_state


def purge_columns(
    *,
    actor: Actor,
    module_id: str,
    table: str = "",
    column: str = "",
    request_key: str | None = None,
) -> Operation:
    """Queue deleting what is left over: all of it, one table's, or one column.

    Only what no version declares any more can be chosen. The second press of a button, known by its
    ``request_key``, gets the operation of the first. Raises ``NotAllowed``, ``NotFound``,
    ``Refused`` (nothing left over, or the module's state) or ``Busy``.
    """
    require(actor, Right.REMOVE)
    try:
        module = find_module(module_id)
        return queue(
            actor=actor,
            verb=Verb.PURGE,
            module_id=module.id,
            request_key=request_key,
            options={"purge": _chosen(module, table, column)},
        )
    except ModuleError as error:
        if (twin := first_of(request_key, error)) is not None:
            return twin
        audit.record_refusal(actor=actor, action="module-purge", target=module_id, error=error)
        raise


def _chosen(module: Module, table: str, column: str) -> LeftOver:
    refuse_in_this_state(module.id, Verb.PURGE)
    wanted = choose(module.facts.get("left_over") or {}, table=table, column=column)
    if not wanted:
        raise Refused(
            "nothing-left-over",
            _("There is nothing of this kind left over in the data of “{id}”."),
            context={"id": module.id, "table": table, "column": column},
            hint=_("The module's page lists what is left over."),
        )
    return wanted
