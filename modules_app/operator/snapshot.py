"""The rows of a module before an operation, to put them back when its start fails."""

from __future__ import annotations

from typing import Any

from django.core import serializers
from django.db import transaction

from modules_app.models import MenuItem, Module, Operation, PbxSetting
from modules_app.operator.work import raise_sequence
from modules_app.selectors.registry import current_sequence
from modules_app.services.menu import menu_setting_key


def take_snapshot(module: Module) -> dict[str, Any]:
    """Return the module's row, its menu rows, its settings and the registry sequence as JSON."""
    rows = [
        module,
        *MenuItem.objects.filter(module=module),
        *PbxSetting.objects.filter(key__in=_setting_keys(module)),
    ]
    return {
        "rows": serializers.serialize("json", rows),
        "sequence": current_sequence(),
    }


def restore(operation: Operation) -> None:
    """Write the rows of the snapshot back; the new generation becomes garbage."""
    with transaction.atomic():
        for module in Module.objects.filter(id_fold=operation.id_fold):
            PbxSetting.objects.filter(key__in=_setting_keys(module)).delete()
        MenuItem.objects.filter(module_id=operation.module_id).delete()
        for row in serializers.deserialize("json", operation.from_state["rows"]):
            row.save()
        operation.to_generation = operation.to_epoch = ""
        operation.save(update_fields=["to_generation", "to_epoch"])
        raise_sequence()


def _setting_keys(module: Module) -> list[str]:
    return [menu_setting_key(module.id), *module.own_settings]
