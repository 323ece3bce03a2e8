"""Removing what no row mentions any more (reference R4.3 A5).

What our own operations made and left is deleted. What no operation explains, because a row vanished
or the records come from an older backup, is put into the trash for a week (reference F21, F26).
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from django.db.models import Q

from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN, UNFINISHED, Outcome
from modules_app.domain.states import Verb
from modules_app.models import KeptData, Module, Operation, StoredPackage
from modules_app.operator.tools import Tools

log = logging.getLogger("pbxadmin.operator")

REPLACING = (
    Verb.INSTALL,
    Verb.UPGRADE,
    Verb.REMOVE,
    Verb.ROLLBACK,
    Verb.REPAIR,
    Verb.PURGE,
    Verb.IMPORT,
)


def sweep(tools: Tools, module_id: str) -> None:
    """Clear away generations and epochs of one module that no row and no open operation names."""
    generations, epochs = _mentioned(module_id)
    _sweep_folder(tools, tools.data_dir.store, module_id, generations)
    _sweep_folder(tools, tools.data_dir.data, module_id, epochs)


def sweep_package(tools: Tools, sha256: str) -> None:
    """Delete an accepted package that no row names."""
    if sha256 and not StoredPackage.objects.filter(sha256=sha256).exists():
        with tools.fsops.directory(tools.data_dir.packages) as packages_fd:
            tools.fsops.unlink(sha256, packages_fd)


def remove_logs(tools: Tools, module_id: str) -> None:
    """Delete the folder in which the module's own code writes its logs."""
    with tools.fsops.directory(tools.data_dir.log) as log_fd:
        tools.fsops.remove_tree(module_id, log_fd)


def sweep_all(tools: Tools) -> None:
    """Clear away every unmentioned name below store and data; run at the operator's start.

    Records without a single operation are new or lost ones: they prove nothing about the files.
    """
    if not Operation.objects.exists():
        return
    folders = {path.name for root in _roots(tools) for path in root.iterdir() if path.is_dir()}
    for module_id in sorted(folders):
        sweep(tools, module_id)
    for path in tools.data_dir.packages.iterdir():
        sweep_package(tools, path.name)


def _roots(tools: Tools) -> tuple[Path, Path]:
    return (tools.data_dir.store, tools.data_dir.data)


def _mentioned(module_id: str) -> tuple[set[str], set[str]]:
    folded = fold_id(module_id)
    generations: set[str] = set()
    epochs: set[str] = set()
    for row in Module.objects.filter(id_fold=folded):
        generations |= {row.generation, row.previous_generation}
        epochs |= {row.epoch, row.previous_epoch}
    epochs |= set(KeptData.objects.filter(id_fold=folded).values_list("epoch", flat=True))
    unfinished = Q(**{f"result__{UNFINISHED}__isnull": False})
    for operation in Operation.objects.filter(Q(outcome__in=OPEN) | unfinished, id_fold=folded):
        generations.add(operation.to_generation)
        epochs.add(operation.to_epoch)
    return generations, epochs


def _sweep_folder(tools: Tools, root: Path, module_id: str, keep: set[str]) -> None:
    folder = root / module_id
    if not folder.is_dir():
        return
    with tools.fsops.directory(root, module_id) as folder_fd:
        for name in sorted(path.name for path in folder.iterdir()):
            if name in keep:
                continue
            if _is_left_over(module_id, name):
                tools.fsops.remove_tree(name, folder_fd)
            else:
                _put_into_trash(tools, root, module_id, name)
    if not any(folder.iterdir()):
        with tools.fsops.directory(root) as root_fd:
            tools.fsops.remove_tree(module_id, root_fd)


def _is_left_over(module_id: str, name: str) -> bool:
    """Tell whether an operation of ours made this name and then did without it.

    Names begin with the number of the operation that made them. One that ended well made what was
    installed afterwards; only a later change of the module can have done without that.
    """
    number = name.partition("-")[0]
    ours = Operation.objects.filter(id_fold=fold_id(module_id))
    made = ours.filter(pk=int(number)).first() if number.isdecimal() else None
    if made is None:
        return False
    if made.outcome != Outcome.DONE or made.verb == Verb.REMOVE:
        return True
    return ours.filter(pk__gt=made.pk, committed=True, verb__in=REPLACING).exists()


def _put_into_trash(tools: Tools, root: Path, module_id: str, name: str) -> None:
    """Move it away, so that nothing runs it and a person can still have it."""
    target = f"{root.name}-{module_id}-{name}-{secrets.token_hex(3)}"
    with (
        tools.fsops.directory(root, module_id) as folder_fd,
        tools.fsops.directory(tools.data_dir.trash) as trash_fd,
    ):
        tools.fsops.move_unmentioned(name, folder_fd, target, trash_fd)
    log.warning("no row explains %s/%s/%s; it is trash/%s now", root.name, module_id, name, target)
