"""Gettext texts of the running module: its ``locale/`` on its own pages (reference M9).

PBX Admin's own texts come first: a module cannot change the words of the frame around its page.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import to_locale, trans_real

from modules_app.packages.catalogues import read_catalogue


class ModuleTexts:
    """A translation as Django activates it: the core's texts, then the module's."""

    def __init__(self, core: Any, own: gettext.NullTranslations) -> None:
        self._core = core
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)

    def gettext(self, message: str) -> str:
        """Return the core's translation of ``message``, else the module's."""
        found: str = self._core.gettext(message)
        return self._own.gettext(message) if found == message else found

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form for ``number``, the core's if it has one."""
        found: str = self._core.ngettext(singular, plural, number)
        if found not in (singular, plural):
            return found
        return self._own.ngettext(singular, plural, number)


@contextmanager
def texts_of(code: Path) -> Iterator[None]:
    """Let the texts below ``code/locale`` count inside the block, in the language chosen."""
    language = translation.get_language()
    own = _read(code, to_locale(language)) if language else None
    before = getattr(trans_real._active, "value", None)  # type: ignore[attr-defined]
    if own is None or before is None:
        yield
        return
    trans_real._active.value = ModuleTexts(before, own)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        trans_real._active.value = before  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def _read(code: Path, locale: str) -> gettext.NullTranslations | None:
    return read_catalogue(code / "locale", locale) or read_catalogue(
        code / "locale", locale.partition("_")[0]
    )
