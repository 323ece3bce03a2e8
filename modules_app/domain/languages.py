"""Which language a language pack brings (reference M1.4, M3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PACK = "languagepack"


def pack_language(manifest: Mapping[str, Any]) -> str:
    """Return the language of a pack as Django writes it (``pt-br``), "" for any other module.

    ``manifest`` is the stored form of a `Manifest`.
    """
    if manifest.get("module_type") != PACK:
        return ""
    code = str((manifest.get("facts") or {}).get("language_code") or "")
    return code.replace("_", "-").lower()
