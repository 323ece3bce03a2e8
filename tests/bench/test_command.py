"""``python -m bench`` runs and says all that it promises; what the figures are decides nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.payload import SIZES, package
from bench.scenes import SCENES

ROOT = Path(__file__).parents[2]
FIGURES = (
    "noise: a fixed piece of work",
    "minimal Django tiny",
    "install tiny, 1 modules",
    "install tiny, 1 modules, form to end",
    "upgrade tiny, 2 modules",
    "enable tiny, 1 modules, shown by all processes",
    "disable tiny, 1 modules, shown by all processes",
    "remove tiny, 2 modules",
    "module list, 100 rows",
    "tuple page, 100 rows",
    "hop: through web",
    "plan 1000 modules, 5000 requirements",
    "graphlib: install order of 200 modules",
)
SENTENCES = (
    "ATTENTION: figures of the plain disk",
    "(aim 60 ms): install tiny, 1 modules above minimal Django tiny",
    "aim 1.1): install tiny, 2 modules / install tiny, 1 modules",
    "aim 1.5): module list, 100 rows / tuple page, 100 rows",
    "(aim 1 ms): added by the hop",
    "queries with 1 modules and menu items",
    "(aim 1000 ms): plan 1000 modules, 5000 requirements",
    "manifests read: ",
    "queries with 2 modules and menu items",
)


@pytest.mark.server
def test_a_tiny_run_prints_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--tiny", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    lines = done.stdout.splitlines()
    for name in FIGURES:
        assert any(line.startswith(f"{name} ") for line in lines), (name, done.stdout)
    for sentence in SENTENCES:
        assert sentence in done.stdout, (sentence, done.stdout)


def test_each_scene_can_be_asked_for() -> None:
    known = "install switch scale list hop hooks loading resolve parse extensions render apply"
    assert list(SCENES) == known.split()


def test_packages_are_the_same_bytes_each_time() -> None:
    small = SIZES[0]
    assert package(small) == package(small)
    assert package(small) != package(small, "1.0.1")
