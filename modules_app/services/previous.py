"""The version of a module before its last upgrade: what it is, and what going back to it loses."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.core import serializers

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.selectors.registry import data_dir
from modules_app.tables.inspection import Difference, compare_databases


@dataclass(frozen=True, slots=True)
class Loss:
    """What a rollback costs; ``tables`` is None when the data could not be compared."""

    version: str
    tables: list[Difference] | None


def previous_module(module: Module) -> Module:
    """Return the row as it was before the last upgrade, unsaved. Raises ``Refused`` if none."""
    if not module.previous_generation or not module.previous.get("rows"):
        raise Refused(
            "no-previous-version",
            _("There is no version of “{id}” to go back to."),
            context={"id": module.id},
            hint=_("Upload the package of the version that you want."),
        )
    for row in serializers.deserialize("json", _only_module(module.previous["rows"])):
        before: Module = row.object
    return before


def find_loss(module: Module) -> Loss:
    """Return what has changed in the module's data since the version before was in use."""
    before = previous_module(module)
    root = data_dir()
    newer = root.epoch(module.id, module.epoch) / "module.db"
    older = root.epoch(module.id, before.epoch) / "module.db"
    return Loss(before.version, compare_databases(newer, older))


def _only_module(rows: str) -> str:
    found = [row for row in json.loads(rows) if row["model"] == "modules_app.module"]
    return json.dumps(found)
