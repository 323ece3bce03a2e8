"""Translations of i18n/<lang>/LC_MESSAGES/*.po: English sentences to their translations."""

from __future__ import annotations

import polib

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources
from modules_app.inspection.languages import Translations, language_of, without_region

LINE_LIMIT = 30_000
"""Lines of one catalogue, far more than real ones have: the parser's time grows squared."""

TOTAL_LINE_LIMIT = 400_000
"""Lines of all catalogues together."""


def read_po_messages(sources: Sources) -> Translations:
    """Return every language's translated sentences; fuzzy and obsolete entries do not count."""
    found: Translations = {}
    left = TOTAL_LINE_LIMIT
    for path in sources.below("i18n", ".po"):
        parts = path.split("/")
        language = language_of(parts[1]) if len(parts) == 4 else None
        if language is None or parts[2] != "LC_MESSAGES":
            continue
        text = sources.text(path)
        if text is None:
            continue
        lines = len(text.splitlines())
        if lines > min(LINE_LIMIT, left):
            sources.findings.warning(
                "po-too-long",
                _("This translation file has {lines} lines, too many to be read."),
                path,
                lines=lines,
            )
        else:
            left -= lines
            texts = found.setdefault(without_region(language), {})
            texts |= _entries(sources, path, text)
    return found


def _entries(sources: Sources, path: str, text: str) -> dict[str, str]:
    try:
        # polib opens a file when the text it gets is a path: a first comment line prevents that.
        catalogue = polib.pofile("#\n" + text, encoding="utf-8", check_for_duplicates=False)
        return {
            entry.msgid: entry.msgstr
            for entry in catalogue.translated_entries()
            if entry.msgstr and not entry.msgctxt
        }
    # The parser is foreign and raises many kinds of errors on text that is no catalogue.
    except Exception as error:
        sources.findings.warning(
            "po-unreadable",
            _("This translation file is not well-formed: {reason}"),
            path,
            reason=str(error)[:200],
        )
        return {}
