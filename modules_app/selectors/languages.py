"""Language packs in use, and who owns a language (reference M3.4)."""

from __future__ import annotations

from pathlib import Path

from modules_app.domain.languages import PACK, pack_language
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models import Module
from modules_app.selectors.registry import data_dir
from modules_app.selectors.safe_mode import safe_mode


def packs_in_use() -> dict[str, Path]:
    """Return the code folder of each language's pack; the first by id where there are two."""
    if safe_mode():
        return {}
    rows = Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE)
    rows = rows.exclude(phase=Phase.MAINTENANCE).filter(facts__manifest__module_type=PACK)
    found: dict[str, Path] = {}
    for module_id, generation, manifest in rows.order_by("id").values_list(
        "id", "generation", "facts__manifest"
    ):
        if language := pack_language(manifest or {}):
            found.setdefault(language, data_dir().store / module_id / generation / "code")
    return found


def owner_of_language(module: Module) -> str:
    """Return the other enabled pack that brings the language of ``module``, "" if none does."""
    language = pack_language(module.facts.get("manifest") or {})
    others = Module.objects.filter(wanted=Wanted.ON, facts__manifest__module_type=PACK)
    for module_id, manifest in others.exclude(pk=module.pk).values_list("id", "facts__manifest"):
        if language and pack_language(manifest or {}) == language:
            return str(module_id)
    return ""
