"""A process of its own for what needs a whole installation: its settings, database and children."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def in_a_process(
    task: str,
    *,
    seed: int,
    seconds: float,
    sample: int = 100_000,
    histories: int = 0,
    only: Sequence[str] = (),
) -> dict[str, dict[str, Any]]:
    """Run a task in a fresh process and return its findings by name. Raises what it said."""
    command = [sys.executable, "-m", "tests.crash.worker", task]
    command += ["--seed", str(seed), "--seconds", str(seconds)]
    command += ["--sample", str(sample), "--histories", str(histories), "--only", *only]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{task} died: {done.stdout[-2000:]}{done.stderr[-6000:]}")
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(arguments: list[str]) -> None:
    """Print the findings as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=sorted(_TASKS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--histories", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args(arguments)
    found = _TASKS[args.task](args)
    print(json.dumps(found))


def _power_loss(args: argparse.Namespace) -> dict[str, Any]:
    from tests.crash.power_loss import explore_all

    found = explore_all(args.seconds, args.seed, args.only, args.sample)
    return {name: asdict(findings) for name, findings in found.items()}


def _disk_mutants(args: argparse.Namespace) -> dict[str, Any]:
    from tests.crash.disk_mutants import run_all

    return run_all(args.only, in_short=args.seconds < 300)


def _check_mutants(args: argparse.Namespace) -> dict[str, Any]:
    from tests.crash.check_mutants import run_all

    return run_all(args.seconds, *args.only)


def _histories(args: argparse.Namespace) -> dict[str, Any]:
    from tests.crash.histories import run_for

    return {"histories": run_for(args.seconds, args.seed, args.histories)}


_TASKS = {
    "power-loss": _power_loss,
    "disk-mutants": _disk_mutants,
    "check-mutants": _check_mutants,
    "histories": _histories,
}

if __name__ == "__main__":
    main(sys.argv[1:])
