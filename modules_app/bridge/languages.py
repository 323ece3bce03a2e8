"""Languages of packs in this process: their texts are read here, their code is never imported.

A pack adds a language that PBX Admin itself does not have, of those that Django knows. It cannot
change the words of a language that is there.
"""

from __future__ import annotations

import gettext
import logging
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale, trans_real

from modules_app.packages.catalogues import read_catalogue

log = logging.getLogger(__name__)


class _PackTranslation(trans_real.DjangoTranslation):
    """Django's own texts of a language, and those of the pack."""

    def __init__(self, language: str, pack: gettext.GNUTranslations) -> None:
        self._pack = pack
        super().__init__(language)

    def _add_local_translations(self) -> None:
        super()._add_local_translations()  # type: ignore[misc]
        self.merge(self._pack)


class Languages:
    """The languages that can be chosen; one per process."""

    def __init__(self) -> None:
        self._own: list[tuple[str, str]] | None = None
        self._packs: dict[str, Path] = {}

    def use(self, packs: Mapping[str, Path]) -> None:
        """Offer the languages of ``packs`` (code, and the folder of code) beside our own.

        What is no catalogue, or no language that Django knows, is passed over.
        """
        if dict(packs) == self._packs:
            return
        if self._own is None:
            self._own = list(settings.LANGUAGES)
        usable = [code for code in packs if code in LANG_INFO and code not in dict(self._own)]
        read = {code: _read(code, packs[code]) for code in usable}
        added = {code: texts for code, texts in read.items() if texts is not None}
        for code in self._packs:
            trans_real._translations.pop(code, None)  # type: ignore[attr-defined]
        trans_real._translations.update(added)  # type: ignore[attr-defined]
        names = [(code, str(LANG_INFO[code].get("name_local", code))) for code in added]
        settings.LANGUAGES = [*self._own, *names]
        self._packs = dict(packs)
        trans_real.reset_cache(setting="LANGUAGES")  # type: ignore[attr-defined]


def _read(code: str, folder: Path) -> trans_real.DjangoTranslation | None:
    """Return the pack's translation; None, and a line in the log, if it cannot be used."""
    texts = read_catalogue(folder / "locale", to_locale(code))
    try:
        return _PackTranslation(code, texts) if texts is not None else None
    # What the pack says of plurals is code of a kind, and foreign; neither login nor host may end.
    except Exception:
        log.exception("the language pack for %s in %s cannot be used", code, folder)
        return None


languages = Languages()
