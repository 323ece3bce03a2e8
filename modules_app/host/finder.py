"""Import of module code: as ``pbx_modules.<id>``, from its generation's folder, in no other way.

Only ``.py`` source is imported. Byte code is neither read nor written, so code that an earlier
package left behind can never run (reference R0.7).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from modules_app.bridge.registry import PACKAGE


class SourceLoader(SourceFileLoader):
    """Compile from source each time."""

    def path_stats(self, path: str) -> Mapping[str, object]:
        """Say that nothing is known of the file, which makes importlib ignore byte code."""
        raise OSError(f"byte code of {path} is not used")


class ModuleFinder(MetaPathFinder):
    """Finds the modules that were added, and nothing else."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}

    def add(self, import_name: str, code: Path) -> None:
        """Make the folder ``code`` importable as ``import_name`` (``pbx_modules.<id>``)."""
        self.remove(import_name)
        self._folders[import_name] = code

    def remove(self, import_name: str) -> None:
        """Forget the module and everything of it that was imported."""
        if self._folders.pop(import_name, None) is None:
            return
        below = import_name + "."
        for name in [n for n in sys.modules if n == import_name or n.startswith(below)]:
            del sys.modules[name]

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find the common package, a module's folder, or a source file below it.

        Raises `ModuleNotFoundError` instead of answering None, so that no other finder is asked.
        """
        if fullname == PACKAGE:
            return _package(fullname, [])
        if not fullname.startswith(PACKAGE + "."):
            return None
        if fullname in self._folders:
            return _package(fullname, [str(self._folders[fullname])])
        for folder in path or ():
            spec = FileFinder(folder, (SourceLoader, [".py"])).find_spec(fullname)
            if spec is not None:
                return spec
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _package(fullname: str, locations: list[str]) -> ModuleSpec:
    start = Path(locations[0], "__init__.py") if locations else None
    if start is None or not start.is_file():
        spec = ModuleSpec(fullname, None, is_package=True)
    else:
        loader = SourceLoader(fullname, str(start))
        spec = spec_from_loader(fullname, loader, is_package=True) or ModuleSpec(fullname, loader)
    spec.submodule_search_locations = locations
    return spec


_finder = ModuleFinder()


def install_finder() -> ModuleFinder:
    """Return the process's finder; the first call registers it and turns byte code off."""
    if _finder not in sys.meta_path:
        sys.dont_write_bytecode = True
        sys.meta_path.insert(0, _finder)
    return _finder
