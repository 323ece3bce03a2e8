"""``<fileinclude>``: files of a module that run once before install or uninstall (F1.3)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path, PurePosixPath

from modules_app.bridge.registry import RegistryModule
from modules_app.host.finder import SourceLoader
from modules_app.sdk.translations import translate


def include_files(module: RegistryModule, names: Iterable[str]) -> list[str]:
    """Run the Python files among ``names``, each once, and return what is to be said of the rest.

    Missing files are only told (F1.3); PHP is never run. Raises whatever the files raise.
    """
    said = []
    for name in dict.fromkeys(names):
        path = Path(module.code) / PurePosixPath(name)
        if not path.is_file():
            said.append(translate("ext_IncludeMissing", file=name))
        elif path.suffix == ".py":
            _run(module, path)
        else:
            said.append(translate("ext_IncludeNotRun", file=name))
    return said


def _run(module: RegistryModule, path: Path) -> None:
    parts = path.relative_to(module.code).with_suffix("").parts
    name = ".".join((module.import_name, *(part.replace(".", "_") for part in parts)))
    if name in sys.modules:
        return
    spec = spec_from_file_location(name, path, loader=SourceLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be imported")
    sys.modules[name] = found = module_from_spec(spec)
    try:
        spec.loader.exec_module(found)
    except BaseException:
        del sys.modules[name]
        raise
