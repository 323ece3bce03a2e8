"""Translations of messages/<lang>.json, the form that modules in Python use."""

from __future__ import annotations

import json
from typing import Any

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources
from modules_app.inspection.languages import Translations, language_of


def read_json_messages(sources: Sources) -> Translations:
    """Return every language's texts. Only a flat map of texts counts; the rest becomes findings."""
    found: Translations = {}
    for path in sources.inside("messages", ".json"):
        language = language_of(path.removeprefix("messages/").removesuffix(".json"))
        text = None if language is None else sources.text(path)
        if language is not None and text is not None:
            found[language] = _texts(sources, path, text)
    return found


def _texts(sources: Sources, path: str, text: str) -> dict[str, str]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        sources.findings.warning(
            "json-messages-unreadable",
            _("This message file is not well-formed JSON: {reason}"),
            f"{path}:{getattr(error, 'lineno', 1)}",
            reason=str(error)[:200],
        )
        return {}
    if not isinstance(document, dict):
        sources.findings.warning(
            "json-messages-no-object",
            _("This message file is not one object of keys and texts."),
            path,
        )
        return {}
    for key in [key for key, value in document.items() if not isinstance(value, str)]:
        sources.findings.warning(
            "json-messages-no-text",
            _("The value of {key} is not a text and was left out."),
            path,
            key=key[:80],
        )
    return {key: value for key, value in document.items() if isinstance(value, str)}
