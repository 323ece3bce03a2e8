"""One changed phone among ten thousand, until Asterisk is told; and a look that finds nothing.

Ten modules contribute, and are asked about each phone; the time of their own code is not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bench.figures import Figures

MANY, TINY = 10_000, 20
_NAMES = {
    "first": "apply, everything for the first time",
    "idle, processor": "apply, a look that finds nothing new, processor time",
    "idle": "apply, a look that finds nothing new",
    "to reload": "apply, saving a phone until the command to reload",
    "to reload, processor": "apply, saving a phone until the command, processor time",
    "whole": "apply, saving a phone until it is read back and recorded",
}


def applying(figures: Figures, *, tiny: bool) -> None:
    """Measure one round in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "bench.measure_apply", str(TINY if tiny else MANY)],
        check=True,
        capture_output=True,
        text=True,
    )
    for name, seconds in json.loads(done.stdout.splitlines()[-1]).items():
        figures.add(_NAMES[name], seconds)


def ratios(figures: Figures) -> None:
    """Name the aim."""
    name = _NAMES["to reload"]
    figures.difference(name, name, (), "aim 2 s")
