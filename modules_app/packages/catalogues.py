"""Gettext catalogues of packages: ``<lang>/LC_MESSAGES/django.mo``, or ``.po`` read here."""

from __future__ import annotations

import gettext
import io
import logging
from pathlib import Path

import polib

log = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024 * 1024
"""A catalogue of PBX Admin itself has a tenth of it."""


def read_catalogue(folder: Path, locale: str) -> gettext.GNUTranslations | None:
    """Return the texts below ``folder`` for ``locale``, as ``pt_BR``; None if there are none.

    A file that is no catalogue counts as none.
    """
    place = folder / locale / "LC_MESSAGES"
    found = (_parse(place / name) for name in ("django.mo", "django.po"))
    return next((texts for texts in found if texts is not None), None)


def _parse(path: Path) -> gettext.GNUTranslations | None:
    try:
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return _read(path)
    # The parsers are foreign and raise many kinds of errors on files that are no catalogues.
    except Exception:
        log.warning("%s is no catalogue of texts", path, exc_info=True)
    return None


def _read(path: Path) -> gettext.GNUTranslations:
    if path.suffix == ".mo":
        return gettext.GNUTranslations(io.BytesIO(path.read_bytes()))
    # polib opens a file when the text it gets is a path: a first comment line prevents that.
    text = "#\n" + path.read_text(encoding="utf-8")
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(text).to_binary()))
