"""Texts of a module for keys that are not its own (reference M9, M17.18)."""

from __future__ import annotations

import re

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources
from modules_app.inspection.languages import Translations

_OURS = ("ext_", "mm_")
_OF_A_MODULE = re.compile(r"(?:Breadcrumb|SubHeader|mo_|rep)(Module[A-Z][A-Za-z0-9]*)")
_LISTED = 5


def note_foreign_keys(sources: Sources, module_id: str, texts: Translations) -> None:
    """Say which keys belong to PBX Admin or to another module: such a text counts nowhere else.

    In MikoPBX it would replace the other's, silently.
    """
    keys = sorted({key for entries in texts.values() for key in entries})
    foreign = [key for key in keys if _is_foreign(key, module_id)]
    if foreign:
        sources.findings.warning(
            "foreign-text-keys",
            _("These texts are not the module's own and replace nothing outside of it: {keys}."),
            "messages",
            keys=", ".join(foreign[:_LISTED]) + (" …" if len(foreign) > _LISTED else ""),
        )


def _is_foreign(key: str, module_id: str) -> bool:
    owner = _OF_A_MODULE.fullmatch(key)
    if owner:
        return owner[1] != module_id
    return key.startswith(_OURS)
