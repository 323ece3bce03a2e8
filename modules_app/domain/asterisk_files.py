"""Which files of a package are for Asterisk: sounds and AGI scripts (reference M2.7, M3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.domain.languages import PACK, pack_language

SOUNDS = "sounds"
SCRIPTS = "agi-bin"
EXTENSIONS = ("wav", "ulaw", "alaw", "gsm", "g722", "sln", "mp3", "opus")
"""What Asterisk plays, written in small letters as it asks for it."""

_FOLDERS = ("Sounds", "sounds")
_LANGUAGE_AND_NAME = 2
_WITH_FOLDER = 3


def sounds_of(paths: Iterable[str]) -> list[str]:
    """Return the sounds among a package's paths: ``sounds/<language>/[<folder>/]<name>``."""
    return sorted(path for path in paths if _is_sound(path))


def scripts_of(paths: Iterable[str]) -> list[str]:
    """Return the AGI scripts: what lies in ``agi-bin/`` itself and is not hidden."""
    start = f"{SCRIPTS}/"
    names = ((path, path.removeprefix(start)) for path in paths if path.startswith(start))
    return sorted(path for path, name in names if "/" not in name and not name.startswith("."))


def language_folder(sound: str) -> str:
    """Return the folder of the language in which a sound lies."""
    return sound.split("/")[1]


def own_folders(facts: Mapping[str, Any]) -> set[str]:
    """Return the folders of sounds that a language pack brings whole; none for other modules.

    They are those of its language. A pack whose manifest names none is one for the only folder
    that it has.
    """
    manifest = facts.get("manifest") or {}
    if manifest.get("module_type") != PACK:
        return set()
    folders = {language_folder(path) for path in facts.get(SOUNDS) or ()}
    if len(folders) == 1:
        return folders
    return {folder for folder in folders if plain_language(folder) == pack_language(manifest)}


def plain_language(folder: str) -> str:
    """Return the language of a folder as a manifest's is compared: ``ru_RU`` is ``ru-ru``."""
    return folder.replace("_", "-").lower()


def _is_sound(path: str) -> bool:
    top, *rest = path.split("/")
    if top not in _FOLDERS or len(rest) not in (_LANGUAGE_AND_NAME, _WITH_FOLDER):
        return False
    _stem, dot, extension = rest[-1].rpartition(".")
    return bool(dot) and extension in EXTENSIONS
