"""Which modules in use bring files for Asterisk (reference M2.7, M3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from modules_app.domain.asterisk_files import SOUNDS, own_folders
from modules_app.selectors.answers import counted
from modules_app.selectors.safe_mode import safe_mode


@dataclass(frozen=True, slots=True)
class Bringer:
    """A module in use with its files of one kind, as paths in its package.

    ``own_folders`` are the folders of sounds that it brings whole, as a language pack.
    """

    module_id: str
    generation: str
    paths: tuple[str, ...]
    own_folders: frozenset[str]

    def target(self, path: str) -> str:
        """Return where a file lies below the store."""
        return f"{self.module_id}/{self.generation}/code/{path}"


def bringers_of(kind: str) -> list[Bringer]:
    """Return who brings files of ``kind`` (`SOUNDS`, `SCRIPTS`), by id; nobody in safe mode.

    PHP packages count too: no code of a module is needed for it (design 6).
    """
    if safe_mode():
        return []
    rows = counted().order_by("id").values_list("id", "generation", f"facts__{kind}")
    manifests = dict(counted().values_list("id", "facts__manifest")) if kind == SOUNDS else {}
    return [
        Bringer(
            module_id,
            generation,
            tuple(paths),
            frozenset(own_folders({"manifest": manifests.get(module_id), SOUNDS: paths})),
        )
        for module_id, generation, paths in rows
        if paths
    ]
