"""Asking for an export of a module's data, and fetching the file that came of it (design 7)."""

from __future__ import annotations

from modules_app import audit
from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation
from modules_app.packages.uploads import open_upload
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.modules import find_module
from modules_app.selectors.operations import get_operation
from modules_app.selectors.registry import data_dir
from modules_app.services.queueing import first_of, queue, refuse_in_this_state

ACTION = "module-export"


def export_module(*, actor: Actor, module_id: str, request_key: str | None = None) -> Operation:
    """Queue writing a module's data into one file; the module goes on serving.

    The second press of a button, known by its ``request_key``, gets the operation of the first.
    Raises ``NotAllowed``, ``NotFound``, ``Refused`` or ``Busy``.
    """
    try:
        require(actor, Right.INSTALL)
        module = find_module(module_id)
        refuse_in_this_state(module.id, Verb.EXPORT)
        return queue(
            actor=actor,
            verb=Verb.EXPORT,
            module_id=module.id,
            request_key=request_key,
            options={},
        )
    except ModuleError as error:
        if (twin := first_of(request_key, error)) is not None:
            return twin
        audit.record_refusal(actor=actor, action=ACTION, target=module_id, error=error)
        raise


def open_exported(*, actor: Actor, operation_id: int) -> tuple[int, str]:
    """Return a descriptor of an operation's file, to be closed by the caller, and a name for it.

    Raises ``NotAllowed``, and ``NotFound`` for an operation without a file, or whose file is gone.
    """
    require(actor, Right.INSTALL)
    operation = get_operation(operation_id).operation
    if operation.verb != Verb.EXPORT or operation.outcome != Outcome.DONE:
        raise NotFound(
            "export-not-there",
            _("Operation {operation} wrote no export."),
            context={"operation": operation.pk},
        )
    try:
        fd = open_upload(data_dir(), operation.result["file"])
    except FileNotFoundError:
        raise NotFound(
            "export-gone",
            _("The file of operation {operation} is deleted already: it was kept for an hour."),
            context={"operation": operation.pk},
            hint=_("Export the module again."),
        ) from None
    audit.record(
        actor=actor,
        action="module-export-download",
        target=operation.module_id,
        outcome="done",
        operation=operation,
    )
    version = "".join(
        one if one.isalnum() or one in ".-_" else "-"
        for one in str(operation.result.get("version", ""))
    )
    return fd, f"{operation.module_id}-{version}-export.zip"
