"""What the host must load, from rows (design 3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F

from modules_app.bridge.registry import Registry, RegistryModule, label_of
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models import Module, RegistrySequence
from modules_app.packages.datadir import DataDir
from modules_app.selectors.settings import read_setting

_COLUMNS = (
    "id",
    "generation",
    "epoch",
    "contract",
    "language",
    "version",
    "titles",
    "digest",
)


def data_dir() -> DataDir:
    """Return the data folder of this installation."""
    return DataDir(settings.PBX_DATA_DIR)


def current_sequence() -> int:
    """Return the number that every change of the enabled set raises."""
    return RegistrySequence.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def build_registry() -> Registry:
    """Return the enabled modules with their files and data, from one reading of the rows."""
    rows = (
        Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE)
        .exclude(phase=Phase.MAINTENANCE)
        .only(*_COLUMNS)
        .annotate(declared_tables=F("facts__tables"))
    )
    return Registry(
        sequence=current_sequence(),
        modules=tuple(_registry_module(module, module.declared_tables) for module in rows),
        language=read_setting("WebAdminLanguage"),
        pbx_version=read_setting("PBXVersion"),
    )


def registry_module(module: Module, *, generation: str = "", epoch: str = "") -> RegistryModule:
    """Return one module as the host sees it; another generation or epoch on request."""
    return _registry_module(
        module, module.facts.get("tables"), generation=generation, epoch=epoch
    )


def _registry_module(
    module: Module,
    tables: list[dict[str, Any]] | None,
    *,
    generation: str = "",
    epoch: str = "",
) -> RegistryModule:
    root = data_dir()
    return RegistryModule(
        id=module.id,
        label=label_of(module.id),
        generation=generation or module.generation,
        epoch=epoch or module.epoch,
        contract=module.contract,
        language=module.language,
        version=module.version,
        code=f"{root.store}/{module.id}/{generation or module.generation}/code",
        database=f"{root.data}/{module.id}/{epoch or module.epoch}/module.db",
        titles=module.titles,
        tables=[table["name"] for table in tables or []],
        digest=module.digest,
    )
