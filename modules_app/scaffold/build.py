"""The files of a new module, put together from the templates of what it can do."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from modules_app.scaffold.features import Names, check_choice
from modules_app.scaffold.pieces import join_python

TEMPLATES = Path(__file__).parent / "templates"
_SUFFIX = ".tmpl"
_MIKOPBX_ONLY = ("module.json", "installer.py")
_NAMES = "id|short|kebab|snake|title|jail"
_PLACEHOLDER = re.compile(rf"\[\[({_NAMES})\]\]|__({_NAMES})__")


def build_module(module_id: str, features: Sequence[str]) -> dict[str, str]:
    """Return the files of a new module: path and text.

    Raises `Refused` for an id or a feature that cannot be.
    """
    chosen = check_choice(module_id, features)
    base = "freepbx" if "freepbx" in chosen else "mikopbx"
    folders = ["base", base, *(name for name in chosen if name != "freepbx")]
    values = Names(module_id).as_dict()
    pieces: dict[str, list[str]] = {}
    for folder in folders:
        for path in sorted((TEMPLATES / folder).rglob(f"*{_SUFFIX}")):
            name = _fill(path.relative_to(TEMPLATES / folder).as_posix(), values)
            text = _fill(path.read_text(encoding="utf-8"), values)
            pieces.setdefault(name.removesuffix(_SUFFIX), []).append(text)
    if base == "freepbx":
        for name in _MIKOPBX_ONLY:
            pieces.pop(name, None)
    return {name: _join(name, texts) for name, texts in pieces.items()}


def _fill(text: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1] or found[2]], text)


def _join(name: str, texts: list[str]) -> str:
    if name.endswith(".py"):
        return join_python(texts)
    if name.endswith(".json"):
        merged: dict[str, object] = {}
        for text in texts:
            merged.update(json.loads(text))
        return json.dumps(merged, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(texts)
