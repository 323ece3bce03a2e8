"""The start of a host with 100 modules in Python, and the sidebar of 1,000 modules.

Each runs in a process of its own, see `bench.measure_loading`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figures
from tests.server.running import ROOT

MODULES = 100
ENTRIES = 1000
_FILES = {
    "__init__.py": "",
    "models.py": "from django.db import models\nfrom modules_app.sdk import ModuleModel\n\n\n"
    "class Number(ModuleModel):\n    number = models.CharField(max_length=20)\n",
    "conf.py": "from modules_app.sdk import ConfigClass\n\n\nclass BenchConf(ConfigClass):\n"
    "    def create_cron_tasks(self, tasks):\n        tasks.append('* * * * * true')\n",
    "views.py": "from django.http import HttpResponse\n\n\ndef index(request):\n"
    "    return HttpResponse('here')\n",
    "urls.py": "from django.urls import path\n\nfrom . import views\n\n"
    "urlpatterns = [path('', views.index)]\n",
}


def loading(figures: Figures) -> None:
    """Measure one round."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(MODULES):
            _write(folder / f"bench{number}", number)
        found = _run("modules", str(folder))
    figures.add(f"host: load {MODULES} modules in Python", found["ours"])
    figures.add(f"import the files of {MODULES} modules", found["plain"])
    found = _run("menu", "")
    figures.add(f"sidebar of {ENTRIES} modules, rows as on the page before", found["again"])
    figures.add(f"sidebar of {ENTRIES} modules, rows changed", found["first"])
    figures.add(f"tuples of {ENTRIES} rows", found["plain"])


def ratios(figures: Figures) -> None:
    """Name the pairs."""
    imported = f"import the files of {MODULES} modules"
    figures.ratio(f"host: load {MODULES} modules in Python", imported, "no aim")
    menu = f"sidebar of {ENTRIES} modules, rows as on the page before"
    figures.ratio(menu, f"tuples of {ENTRIES} rows", "no aim")


def _write(folder: Path, number: int) -> None:
    folder.mkdir()
    for name, text in _FILES.items():
        (folder / name).write_text(text.replace("Bench", f"Bench{number}"))


def _run(what: str, folder: str) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.measure_loading", what, folder],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
