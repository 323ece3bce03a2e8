"""One kind of torture in several processes at once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.torture.counts import Counts
from tests.torture.kinds import KINDS


def run_in_jobs(name: str, budget: float, seed: int, jobs: int) -> Counts:
    """Run a kind in several processes at once, each with a seed of its own, and add them up."""
    if jobs == 1:
        return KINDS[name].load().run(budget, seed)
    total = Counts()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        begun = [pool.submit(_one_job, name, budget, seed + number) for number in range(jobs)]
        for job in begun:
            total.add(job.result())
    return total


def _one_job(name: str, budget: float, seed: int) -> Counts:
    return KINDS[name].load().run(budget, seed)
