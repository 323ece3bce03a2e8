"""The rows of a module before an operation, to put them back when its start fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.db import transaction

from modules_app.exceptions import ModuleError
from modules_app.models import MenuItem, Module, Operation, PbxSetting
from modules_app.operator.contributions import place_again, placement_of
from modules_app.services.item_rights import write_item_rights
from modules_app.services.menu import menu_setting_key
from modules_app.services.registry import raise_sequence


def take_snapshot(module: Module) -> dict[str, Any]:
    """Return the module's row, its menu rows and its settings as JSON values."""
    return {"rows": _serialized([module, *_belongings(module)])}


def describe_version(module: Module) -> dict[str, Any]:
    """Return what is remembered of a version that is replaced, enough to return to it.

    What it remembered of the version before it is left out: there is one step back.
    """
    module.refresh_from_db()
    module.previous = {}
    return {
        "rows": _serialized([module, *_belongings(module)]),
        "version": module.version,
        "generation": module.generation,
        "epoch": module.epoch,
    }


def restore(operation: Operation, error: ModuleError, **fields: Any) -> None:
    """Write the rows of the snapshot back, with other ``fields`` of the module's row.

    The new generation becomes garbage. The operation is no longer committed and carries its
    error, so that one which is interrupted now is not led forward again.
    """
    with transaction.atomic():
        module = put_back(operation.id_fold, operation.from_state["rows"])
        if fields:
            Module.objects.filter(pk=module.pk).update(**fields)
        operation.to_generation = operation.to_epoch = ""
        operation.committed = False
        operation.error = error.as_dict()
        operation.save(update_fields=["to_generation", "to_epoch", "committed", "error"])
        raise_sequence()


def put_back(id_fold: str, rows: str) -> Module:
    """Replace the rows of a module by earlier ones; what a person placed since stays in place."""
    placed: dict[str, dict[str, Any]] = {}
    for module in Module.objects.filter(id_fold=id_fold):
        placed = placement_of(module)
        PbxSetting.objects.filter(key__in=_setting_keys(module)).delete()
        MenuItem.objects.filter(module=module).delete()
    for row in serializers.deserialize("json", rows):
        row.save()
    module = Module.objects.get(id_fold=id_fold)
    place_again(module, placed)
    write_item_rights(module)
    return module


def _serialized(rows: Iterable[Any]) -> str:
    return str(serializers.serialize("json", rows))


def _belongings(module: Module) -> list[Any]:
    return [
        *MenuItem.objects.filter(module=module),
        *PbxSetting.objects.filter(key__in=_setting_keys(module)),
    ]


def _setting_keys(module: Module) -> list[str]:
    return [menu_setting_key(module.id), *module.own_settings]
