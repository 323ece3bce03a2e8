"""``script/torture``: run the kinds one after the other and print what was counted."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.torture.counts import Counts
from tests.torture.jobs import run_in_jobs
from tests.torture.kinds import KINDS, Kind


def main(arguments: list[str]) -> int:
    """Return 0 if no invariant failed and every mutant was caught."""
    args = _parse(arguments)
    if args.replay:
        kind, _, spec = args.replay.partition(":")
        return _report(KINDS[kind].load().replay(spec))
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(2**31)
    chosen = {name: KINDS[name] for name in args.only or KINDS}
    print(f"seed {seed}, {args.minutes:g} minutes: {', '.join(chosen)}", flush=True)
    total = Counts()
    for name, budget in _budgets(chosen, args.minutes * 60).items():
        started = time.monotonic()
        jobs = args.jobs if chosen[name].drawn else 1
        counts = run_in_jobs(name, budget, seed, jobs)
        took = time.monotonic() - started
        print(f"{name}: {took:.0f} s, failures: {len(counts.failures)}", flush=True)
        for line in counts.failures:
            print(f"  script/torture {line}", flush=True)
        total.add(counts)
    return _report(total)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, help="repeat a run")
    parser.add_argument(
        "--jobs", type=int, default=1, help="processes at once for what is drawn at random"
    )
    parser.add_argument("--only", action="append", choices=sorted(KINDS), help="only this kind")
    parser.add_argument("--replay", default="", help="one failure, as it was printed")
    return parser.parse_args(arguments)


def _budgets(chosen: dict[str, Kind], seconds: float) -> dict[str, float]:
    whole = sum(kind.share for kind in chosen.values())
    return {name: seconds * kind.share / whole for name, kind in chosen.items()}


def _report(counts: Counts) -> int:
    print("\n".join(counts.lines()), flush=True)
    return 1 if counts.failures or counts.mutants_caught < counts.mutants else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
