"""Asking for an operation: check the right, check the state, queue one row, wake the operator."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN, Outcome
from modules_app.domain.states import Verb
from modules_app.domain.versions import Relation
from modules_app.exceptions import ModuleError, NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Batch, KeptData, Module, Operation, Upload
from modules_app.packages.store import is_package_kept
from modules_app.permissions import Actor, Right, require
from modules_app.processes.poke import poke
from modules_app.selectors.modules import find_module, get_module_row
from modules_app.selectors.operations import find_operation
from modules_app.selectors.packages import UploadPage, get_upload
from modules_app.selectors.registry import data_dir
from modules_app.selectors.safe_mode import safe_mode
from modules_app.services.batch_end import end_if_over
from modules_app.services.previous import previous_module
from modules_app.services.queueing import ALONE, Place, busy_error, first_of, queue
from modules_app.services.requirements import ASKED, refuse_lower, refuse_unfit

P = ParamSpec("P")


def _once(ask: Callable[P, Operation]) -> Callable[P, Operation]:
    """Give the second press of a button, known by its ``request_key``, the operation of the first.

    It is looked for only when the second is refused: the first may come in between at any moment.
    """

    @functools.wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Operation:
        try:
            return ask(*args, **kwargs)
        except ModuleError as error:
            key = kwargs.get("request_key")
            if (twin := first_of(str(key) if key else None, error)) is not None:
                return twin
            _record_refusal(ask.__name__, error, **kwargs)
            raise

    return asked


def _record_refusal(service: str, error: ModuleError, **asked: Any) -> None:
    """Write the attempt to the audit: who asked for what, and why it did not become anything."""
    upload = Upload.objects.filter(pk=asked["upload_id"]).first() if "upload_id" in asked else None
    target = upload.module_id if upload else asked.get("module_id") or asked.get("upload_id")
    action = f"module-{service.removesuffix('_module')}"
    audit.record_refusal(actor=asked["actor"], action=action, target=str(target), error=error)


@_once
def install_module(
    *,
    actor: Actor,
    upload_id: UUID | str,
    enable: bool = False,
    allow_downgrade: bool = False,
    force: bool = False,
    request_key: str | None = None,
) -> Operation:
    """Queue the installation (or upgrade) of an uploaded package and return the operation.

    ``force`` does not ask other modules whether they agree (reference F9.6).
    Raises ``NotAllowed``, ``NotFound``, ``Refused`` (invalid report, lower version) or ``Busy``.
    """
    require(actor, Right.INSTALL)
    page = get_upload(upload_id)
    refuse_uninstallable(page, allow_downgrade=allow_downgrade)
    module = Module.objects.filter(id_fold=fold_id(page.upload.module_id)).first()
    verb = Verb.UPGRADE if module else Verb.INSTALL
    refuse_unfit(Goal(verb, page.upload.module_id, str(page.upload.pk)))
    return queue(
        actor=actor,
        verb=verb,
        module_id=page.upload.module_id,
        request_key=request_key,
        options={
            "upload": str(page.upload.pk),
            "enable": enable,
            "allow_downgrade": allow_downgrade,
            "force": force,
        },
        package_sha256=page.upload.sha256,
    )


@_once
def enable_module(*, actor: Actor, module_id: str, request_key: str | None = None) -> Operation:
    """Queue switching a module on.

    Raises ``NotAllowed``, ``NotFound``, ``Refused`` (state, a requirement that is not enabled, a
    conflict) or ``Busy``.
    """
    require(actor, Right.OPERATE)
    return _queue_for_installed(actor, Verb.ENABLE, module_id, {}, request_key)


def enable_afterwards(*, installed: Operation) -> Operation | None:
    """Queue the enabling that was asked for together with an installation, in the same batch.

    What stands against it, the operation says itself. None if the batch was cancelled meanwhile.
    Raises ``Refused`` when there is nothing to enable.
    """
    if Batch.objects.filter(pk=installed.batch_id, cancel_requested=True).exists():
        return None
    actor = Actor.system(channel=installed.channel, name=installed.actor)
    return _queue_for_installed(
        actor,
        Verb.ENABLE,
        installed.module_id,
        {"needs": installed.options.get("needs", [])},
        None,
        installed,
    )


@_once
def disable_module(
    *, actor: Actor, module_id: str, force: bool = False, request_key: str | None = None
) -> Operation:
    """Queue switching a module off; ``force`` does not ask the module for its consent.

    In safe mode no module is asked (design 6). Raises ``Refused`` when enabled modules need it, or
    its package forbids it (not in safe mode); that cannot be forced.
    """
    require(actor, Right.OPERATE)
    options = {"force": force or safe_mode() is not None}
    return _queue_for_installed(actor, Verb.DISABLE, module_id, options, request_key)


@_once
def remove_module(
    *,
    actor: Actor,
    module_id: str,
    keep_data: bool = True,
    force: bool = False,
    request_key: str | None = None,
) -> Operation:
    """Queue the removal of a module, or of the kept data of one that is gone already.

    Raises ``Refused`` when enabled modules need it, or its package forbids it.
    """
    require(actor, Right.REMOVE)
    options = {"keep_data": keep_data, "force": force or safe_mode() is not None}
    kept = KeptData.objects.filter(id_fold=fold_id(module_id)).first()
    if kept and not Module.objects.filter(id_fold=fold_id(module_id)).exists():
        if keep_data:
            raise NotFound(
                "module-removed-already",
                _("“{id}” is removed already; only its kept data is left."),
                context={"id": kept.module_id},
                hint=_("Ask for deleting the data as well to erase it."),
            )
        return queue(
            actor=actor,
            verb=Verb.REMOVE,
            module_id=kept.module_id,
            request_key=request_key,
            options=options,
        )
    return _queue_for_installed(actor, Verb.REMOVE, module_id, options, request_key)


@_once
def rollback_module(
    *,
    actor: Actor,
    module_id: str,
    automatic: bool = False,
    reason: str = "",
    request_key: str | None = None,
) -> Operation:
    """Queue the return to the version before, with its data.

    ``automatic`` and ``reason``: the module failed and nobody asked. That leads back only from an
    upgrade, never forward again. Raises ``Refused`` when there is no version before, or when an
    enabled module needs more than that version.
    """
    require(actor, Right.INSTALL)
    module = find_module(module_id)
    before = previous_module(module)
    if automatic and module.previous.get("by") != Verb.UPGRADE:
        raise Refused(
            "rolled-back-already",
            _("“{id}” was rolled back already; it does not go forward again by itself."),
            context={"id": module.id},
            hint=_("Choose the version yourself."),
        )
    if not automatic:
        refuse_lower(module.id, before.version)
    options = {"automatic": automatic, "reason": reason[:2000], "to_version": before.version}
    return _queue_for_installed(actor, Verb.ROLLBACK, module_id, options, request_key)


@_once
def repair_module(*, actor: Actor, module_id: str, request_key: str | None = None) -> Operation:
    """Queue writing the files of a damaged module anew from the package that is kept of it.

    Raises ``Refused`` when the package is not kept any more.
    """
    require(actor, Right.INSTALL)
    module = find_module(module_id)
    if not is_package_kept(data_dir(), module.package_sha256):
        raise Refused(
            "package-not-kept",
            _("The package of “{id}” {version} is not kept here any more."),
            context={"id": module.id, "version": module.version},
            hint=_("Upload the package again."),
        )
    return _queue_for_installed(actor, Verb.REPAIR, module_id, {}, request_key)


def cancel_operation(*, actor: Actor, operation_id: int) -> Operation:
    """End a waiting operation at once, ask a running one to stop before its commit point.

    Refused once it has passed that point. A waiting one needs no operator process to end.
    """
    require(actor, Right.OPERATE)
    with transaction.atomic():
        operation = find_operation(operation_id)
        if operation.outcome not in OPEN or operation.committed:
            raise Refused(
                "operation-not-cancellable",
                _("Operation {id} can no longer be cancelled: it is {outcome}."),
                context={"id": operation.pk, "outcome": operation.outcome},
                hint=_("Undo it with the opposite action."),
            )
        operation.cancel_requested = True
        operation.save(update_fields=["cancel_requested"])
        audit.record(
            actor=actor,
            action="operation-cancel",
            target=operation.module_id,
            outcome="requested",
            operation=operation,
        )
        _end_waiting(operation, actor)
    poke(data_dir().root, "operator")
    operation.refresh_from_db()
    return operation


def _end_waiting(operation: Operation, actor: Actor) -> None:
    """Close an operation that nobody has begun; the operator may be quicker and begin it."""
    waiting = Operation.objects.filter(pk=operation.pk, outcome=Outcome.QUEUED)
    if waiting.update(outcome=Outcome.CANCELLED, ended_at=timezone.now()):
        audit.record(
            actor=actor,
            action=f"module-{operation.verb}",
            target=operation.module_id,
            outcome=Outcome.CANCELLED,
            operation=operation,
        )
        end_if_over(operation.batch_id)


def refuse_uninstallable(page: UploadPage, *, allow_downgrade: bool) -> None:
    """Raise ``Refused`` if an upload has errors in its report, or brings a lower version."""
    if not page.installable:
        raise Refused(
            "package-invalid",
            _("“{name}” has errors in its report and cannot be installed."),
            context={"name": page.upload.filename},
            hint=_("Read the report, mend the package and upload it again."),
        )
    if page.relation is Relation.OLDER and not allow_downgrade:
        raise Refused(
            "version-lower",
            _(
                "“{id}” is installed as {installed}; the package brings the lower version "
                "{offered}."
            ),
            context={
                "id": page.upload.module_id,
                "installed": page.installed_version,
                "offered": page.report.get("version", ""),
            },
            hint=_("Allow the downgrade if you mean it; the data may not fit the older version."),
        )


def _queue_for_installed(
    actor: Actor,
    verb: Verb,
    module_id: str,
    options: Mapping[str, Any],
    request_key: str | None,
    follows: Operation | None = None,
) -> Operation:
    """Check the state, and what needs what, and queue; one that ``follows`` checks that itself."""
    module = find_module(module_id)
    row = get_module_row(module.id)
    if row.operation is not None:
        raise busy_error(module.id, row.operation)
    if verb not in row.verbs:
        raise Refused(
            "not-in-this-state",
            _("“{id}” cannot be asked to {verb} while it is {state}."),
            context={"id": module.id, "verb": str(verb), "state": str(row.state)},
        )
    if verb in ASKED and follows is None:
        refuse_unfit(Goal(verb, module.id))
    return queue(
        actor=actor,
        verb=verb,
        module_id=module.id,
        request_key=request_key,
        options=options,
        place=Place(follows.batch, follows.position) if follows else ALONE,
    )
