"""``python -m bench.measure_loading modules FOLDER`` or ``… menu``: seconds as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def modules(folder: Path) -> dict[str, float]:
    """Load the modules in ``folder`` as a worker of the host does, and import plain copies."""
    _set_up("host")
    from modules_app.bridge.registry import Registry, RegistryModule, label_of
    from modules_app.host import application
    from modules_app.host.loader import load

    application.warm_up()
    names = sorted(path.name for path in folder.iterdir())
    found = tuple(
        RegistryModule(
            id=name,
            label=label_of(name),
            generation="g1",
            epoch="e1",
            contract="mikopbx",
            language="python",
            version="1.0.0",
            code=str(folder / name),
            database=str(_empty(folder / name / "module.db")),
        )
        for name in names
    )
    registry = Registry(1, found, "en", "2026.3.1")
    ours, result = _timed(lambda: load(registry))
    if len(result.loaded) != len(names):
        raise RuntimeError(f"loaded {len(result.loaded)} of {len(names)}: {result.failed}")
    sys.path.insert(0, str(folder))
    for name in names:  # models belong to an application, so plain files do without
        (folder / name / "models.py").write_text("class Number:\n    pass\n")
    roles = ("models", "conf", "views", "urls")
    plain, _none = _timed(
        lambda: [import_module(f"{name}.{role}") for name in names for role in roles]
    )
    return {"ours": ours, "plain": plain}


def menu() -> dict[str, float]:
    """Draw the sidebar's data of many modules, twice, and read the rows alone."""
    _set_up("web")
    from django.core.management import call_command

    from bench.fixtures import main as fill
    from bench.loading import ENTRIES
    from modules_app.models import MenuItem
    from modules_app.selectors.menu import sidebar

    call_command("migrate", verbosity=0)
    fill(ENTRIES * 2)  # every second one is enabled
    first, groups = _timed(sidebar)
    if sum(len(group.items) for group in groups) != ENTRIES:
        raise RuntimeError("the sidebar does not show every module")
    again, _groups = _timed(sidebar)
    rows = MenuItem.objects.filter(module__wanted="on").values_list("id", "caption", "href")
    list(rows)
    plain, _rows = _timed(lambda: list(rows.all()))
    return {"first": first, "again": again, "plain": plain}


def _set_up(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = f"pbxadmin.settings.{name}"
    import django

    django.setup()


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _timed(action: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    value = action()
    return time.perf_counter() - started, value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data_dir:
        os.environ["PBX_DATA_DIR"] = data_dir
        what, folder = sys.argv[1:]
        print(json.dumps(modules(Path(folder)) if what == "modules" else menu()))
