"""What the host must load, from rows (design 3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from modules_app.bridge.registry import DECLARED, Registry, RegistryModule, label_of
from modules_app.domain.languages import pack_language
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models import Module, RegistrySequence
from modules_app.packages.datadir import DataDir
from modules_app.selectors.settings import all_settings

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
_FROM_FACTS = {
    "tables": F("facts__tables"),
    "kind": F("facts__manifest__module_type"),
    "language_code": F("facts__manifest__facts__language_code"),
    **{f"declared_{name}": F(f"facts__manifest__facts__{name}") for name in DECLARED},
}


def data_dir() -> DataDir:
    """Return the data folder of this installation."""
    return DataDir(settings.PBX_DATA_DIR)


def current_sequence() -> int:
    """Return the number that every change of the enabled set raises."""
    return RegistrySequence.objects.filter(pk=1).values_list("number", flat=True).first() or 0


class RegistryReader:
    """Reads what the host must load, each module in full only after its files or data changed.

    A generation never changes, so what was read of it once stays true, and a switch costs the
    same with ten modules and with five hundred.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], RegistryModule] = {}

    def read(self) -> Registry:
        """Return the enabled modules with their files and data.

        The sequence is read first: rows that are newer than it bring the next sequence with them.
        """
        sequence = current_sequence()
        wanted = list(modules_in_use().values_list("id", "generation", "epoch"))
        fresh = _read_in_full([key[0] for key in wanted if key not in self._known])
        found = {key: self._known.get(key) or fresh.get(key) for key in wanted}
        self._known = {key: module for key, module in found.items() if module}
        values = all_settings()
        return Registry(
            sequence=sequence,
            modules=tuple(self._known.values()),
            language=values["WebAdminLanguage"],
            pbx_version=values["PBXVersion"],
        )


def modules_in_use() -> QuerySet[Module]:
    """Return the modules that the host loads: their answers count and their hooks are asked."""
    loaded = Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE)
    return loaded.exclude(phase=Phase.MAINTENANCE)


def _read_in_full(ids: list[str]) -> dict[tuple[str, str, str], RegistryModule]:
    if not ids:
        return {}
    rows = Module.objects.filter(pk__in=ids).only(*_COLUMNS)
    return {
        (module.id, module.generation, module.epoch): _registry_module(
            module,
            module.tables,
            pack=_pack(module.kind, module.language_code),
            declared={name: getattr(module, f"declared_{name}") for name in DECLARED},
        )
        for module in rows.annotate(**_FROM_FACTS)
    }


def registry_module(module: Module, *, generation: str = "", epoch: str = "") -> RegistryModule:
    """Return one module as the host sees it; another generation or epoch on request."""
    return _registry_module(
        module,
        module.facts.get("tables"),
        pack=pack_language(module.facts.get("manifest") or {}),
        declared=(module.facts.get("manifest") or {}).get("facts") or {},
        generation=generation,
        epoch=epoch,
    )


def _registry_module(
    module: Module,
    tables: list[dict[str, Any]] | None,
    *,
    pack: str,
    declared: dict[str, Any],
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
        pack=pack,
        declared={name: declared[name] for name in DECLARED if declared.get(name)},
    )


def _pack(kind: Any, language_code: Any) -> str:
    return pack_language({"module_type": kind, "facts": {"language_code": language_code or ""}})
