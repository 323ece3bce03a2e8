"""A module's own texts: ``messages/<lang>.json``, or a folder of such files (reference M9).

Asked in this order: the module in the chosen language, the module in English, our own texts for
installers in the chosen language and in English; a key without a text is returned as it is.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from modules_app.sdk.context import running_module

FALLBACK = "en"
_OWN_TEXTS = Path(__file__).parent / "messages"
_PLACEHOLDER = re.compile(r"%(\w+)%")


def translate(key: str, /, **values: Any) -> str:
    """Return the text of ``key`` in the language of the reader; ``%name%`` becomes a value.

    >>> translate("bl_Added", number="74952293042")  # doctest: +SKIP
    'The number 74952293042 is blocked.'
    """
    text = _find(key, language())
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)


def language() -> str:
    """Return the code of the chosen language, such as ``ru``."""
    return (get_language() or FALLBACK).split("-")[0]


def captions(key: str) -> dict[str, str]:
    """Return the text of ``key`` in each language of the module; empty when it is no key."""
    module = running_module()
    folder = module.code / "messages" if module else None
    names = sorted({path.stem for path in folder.glob("*")}) if folder else []
    found = {name: _read(folder, name).get(key) for name in names} if folder else {}
    return {name: text for name, text in found.items() if text}


def _find(key: str, chosen: str) -> str:
    module = running_module()
    folders = [module.code / "messages"] if module else []
    for folder in (*folders, _OWN_TEXTS):
        for name in dict.fromkeys((chosen, FALLBACK)):
            text = _read(folder, name).get(key)
            if text is not None:
                return text
    return key


@functools.lru_cache(maxsize=512)
def _read(folder: Path, chosen: str) -> Mapping[str, str]:
    inside = folder / chosen
    files = sorted(inside.glob("*.json")) if inside.is_dir() else [folder / f"{chosen}.json"]
    texts: dict[str, str] = {}
    for file in files:
        if file.is_file():
            texts.update({str(k): str(v) for k, v in json.loads(file.read_bytes()).items()})
    return texts
