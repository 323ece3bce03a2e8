"""Which file and folder names mean a language."""

from __future__ import annotations

import re

_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4}){0,2}\Z")

Translations = dict[str, dict[str, str]]
"""Language, then key, then text."""


_REGIONAL = {"en_GB", "pt_BR", "zh_CN", "zh_TW", "zh_Hans", "zh_Hant"}


def language_of(name: str) -> str | None:
    """Return the language code with underscores (``pt_BR``), or None for names such as glossary."""
    return name.replace("-", "_") if _LANGUAGE.match(name) else None


def without_region(language: str) -> str:
    """Return ``ru`` for ``ru_RU``; codes whose region is a language of its own stay (M9)."""
    return language if language in _REGIONAL else language.partition("_")[0]
