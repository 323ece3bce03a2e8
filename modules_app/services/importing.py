"""Asking for data of an export to be taken over (design 7, ``module import FILE``)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from modules_app import audit
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.states import Verb
from modules_app.domain.versions import Relation, relation
from modules_app.exceptions import ModuleError, NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation
from modules_app.packages.exports import EXPORT_LIMITS, About, read_about
from modules_app.packages.fsops import FsOps
from modules_app.packages.uploads import Received, discard, name_of, open_upload, receive
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.modules import find_module
from modules_app.selectors.registry import data_dir
from modules_app.services.queueing import first_of, queue, refuse_in_this_state

ACTION = "module-import"


def receive_export(chunks: Iterable[bytes], *, module_id: str = "") -> tuple[Received, About]:
    """Store an export until it is imported, and return it with what it says of itself.

    Raises ``Refused`` for anything that is no export, or none of ``module_id`` where that is given;
    nothing is left behind then.
    """
    fsops = FsOps()
    received = receive(fsops, data_dir(), chunks, EXPORT_LIMITS.packed_bytes)
    try:
        fd = open_upload(data_dir(), received.name)
        try:
            about = read_about(fd)[1]
        finally:
            os.close(fd)
        if module_id and fold_id(module_id) != fold_id(about.id):
            raise Refused(
                "export-of-another",
                _("The export is of “{other}”, not of “{id}”."),
                context={"other": about.id, "id": module_id},
            )
        return received, about
    except BaseException:
        discard(fsops, data_dir(), received.name)
        raise


def find_export(key: UUID) -> tuple[Received, About]:
    """Return an export that was received before and waits. Raises ``NotFound`` when it is gone."""
    name = name_of(key)
    try:
        fd = open_upload(data_dir(), name)
    except FileNotFoundError:
        raise NotFound(
            "export-not-found",
            _("This export is not here any more."),
            hint=_("Upload it again: what nobody imports is deleted after an hour."),
        ) from None
    try:
        about = read_about(fd)[1]
        size = os.fstat(fd).st_size
    finally:
        os.close(fd)
    return Received(name, data_dir().uploads / name, "", size), about


def discard_export(*, actor: Actor, key: UUID) -> None:
    """Delete an export that waits; nothing happens when it is gone."""
    require(actor, Right.INSTALL)
    discard(FsOps(), data_dir(), find_export(key)[0].name)


def why_not(about: About) -> ModuleError | None:
    """Return what stands against importing an export now, None when nothing does."""
    try:
        _refuse_unfit(find_module(about.id), about)
    except ModuleError as error:
        return error
    return None


def import_module(
    *, actor: Actor, received: Received, about: About, request_key: str | None = None
) -> Operation:
    """Queue taking over the data of an export by the module that it belongs to.

    The module must be installed in the same or a newer version. The second request with the same
    ``request_key`` gets the operation of the first. The export is deleted then, and when this
    raises ``NotAllowed``, ``NotFound``, ``Refused`` or ``Busy``.
    """
    try:
        require(actor, Right.INSTALL)
        module = find_module(about.id)
        _refuse_unfit(module, about)
        return queue(
            actor=actor,
            verb=Verb.IMPORT,
            module_id=module.id,
            request_key=request_key,
            options={"file": received.name, "export": asdict(about)},
        )
    except ModuleError as error:
        discard(FsOps(), data_dir(), received.name)
        if (twin := first_of(request_key, error)) is not None:
            return twin
        audit.record_refusal(actor=actor, action=ACTION, target=about.id, error=error)
        raise


def _refuse_unfit(module: Module, about: About) -> None:
    refuse_in_this_state(module.id, Verb.IMPORT)
    if about.contract != module.contract:
        raise Refused(
            "export-other-contract",
            _("The export is of a module of another contract that has the same name."),
            context={"id": module.id, "contract": about.contract},
        )
    if relation(module.version, about.version, Contract(module.contract)) is Relation.NEWER:
        raise Refused(
            "export-newer",
            _("The export is of version {offered}, and “{id}” is installed as {installed}."),
            context={
                "id": module.id,
                "offered": about.version,
                "installed": module.version,
            },
            hint=_("Upgrade the module first; older data is brought up to its version."),
        )
