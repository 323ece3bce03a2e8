"""Language packs in use, and who owns a language (reference M3.4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modules_app.domain.asterisk_files import own_folders, plain_language
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


def language_taken(module: Module) -> tuple[str, str]:
    """Return a language of ``module`` and the other enabled pack that brings it, or "" and ""."""
    languages = _languages_of(module.facts)
    others = Module.objects.filter(wanted=Wanted.ON, facts__manifest__module_type=PACK)
    for module_id, facts in others.exclude(pk=module.pk).values_list("id", "facts"):
        for language in sorted(languages & _languages_of(facts)):
            return language, str(module_id)
    return "", ""


def _languages_of(facts: dict[str, Any]) -> set[str]:
    """Return the languages that a pack brings: the one it names, those of its sounds."""
    named = pack_language(facts.get("manifest") or {})
    return {*filter(None, [named]), *map(plain_language, own_folders(facts))}
