"""Samples, ratios and the table that is printed."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PROBE_ROUNDS = 60_000


class Figures:
    """Samples in milliseconds by name, in the order in which they came."""

    def __init__(self) -> None:
        self._samples: dict[str, list[float]] = {}
        self._ratios: list[tuple[str, str, str]] = []
        self._differences: list[tuple[str, str, tuple[str, ...], str]] = []
        self._facts: list[str] = []
        self._steps: dict[str, list[float]] = {}

    def add(self, name: str, seconds: float) -> None:
        """Add one sample."""
        self._samples.setdefault(name, []).append(seconds * 1000)

    def add_steps(self, name: str, steps: dict[str, float]) -> None:
        """Add what each stage of an operation took, in seconds."""
        for stage, seconds in steps.items():
            self._steps.setdefault(f"{name}: stage {stage}", []).append(seconds * 1000)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time that the block takes."""
        started = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - started)

    def ratio(self, name: str, baseline: str, aim: str) -> None:
        """Print the ratio of two medians, with its aim."""
        self._ratios.append((name, baseline, aim))

    def difference(self, title: str, name: str, minus: tuple[str, ...], aim: str) -> None:
        """Print the median of ``name`` less the medians of ``minus``, with its aim."""
        self._differences.append((title, name, minus, aim))

    def fact(self, sentence: str) -> None:
        """Print a sentence below the table."""
        self._facts.append(sentence)

    def names(self) -> list[str]:
        """Return what was measured."""
        return list(self._samples)

    def median(self, name: str) -> float:
        """Return the median of one name in milliseconds."""
        return statistics.median(self._samples[name])

    def spread(self, name: str) -> float:
        """Return by what factor the median lies above the minimum."""
        return self.median(name) / min(self._samples[name])

    def lines(self, steps: bool = False) -> Iterator[str]:
        """Yield the report; with ``steps`` the stages of operations, too."""
        yield f"{'milliseconds':58} {'min':>9} {'median':>9} {'max':>9}    n"
        for name, values in {**self._samples, **(self._steps if steps else {})}.items():
            middle = statistics.median(values)
            yield f"{name:58} {min(values):9.2f} {middle:9.2f} {max(values):9.2f} {len(values):4}"
        for name, baseline, aim in self._ratios:
            if name in self._samples and baseline in self._samples:
                found = self.median(name) / self.median(baseline)
                lowest = min(self._samples[name]) / min(self._samples[baseline])
                yield (
                    f"ratio of medians {found:6.2f} (of minima {lowest:6.2f}; {aim}): "
                    f"{name} / {baseline}"
                )
        for title, name, minus, aim in self._differences:
            if name in self._samples and all(other in self._samples for other in minus):
                left = self.median(name) - sum(self.median(other) for other in minus)
                yield f"difference {left:8.2f} ms ({aim}): {title}"
        yield from self._facts


def probe() -> float:
    """Return the seconds of a fixed piece of work; how much it varies is the noise of the run."""
    started = time.perf_counter()
    digest = b""
    for _round in range(_PROBE_ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return time.perf_counter() - started
