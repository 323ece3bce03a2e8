"""What a run of the torture counts, and the lines that replay its failures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """The figures of one kind, or of all of them added up.

    ``kills`` counts by "operation / how", ``faults`` by id. ``failures`` are lines of the form
    ``--replay "<kind>:<what>": what was wrong``; ``listed`` says what this machine cannot do.
    """

    histories: int = 0
    crash_states: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    mutants: int = 0
    mutants_caught: int = 0
    failures: list[str] = field(default_factory=list)
    longest_gap: float = 0.0
    listed: dict[str, str] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        """Take the figures of ``other`` into this one."""
        self.histories += other.histories
        self.crash_states += other.crash_states
        self.kills += other.kills
        self.faults += other.faults
        self.mutants += other.mutants
        self.mutants_caught += other.mutants_caught
        self.failures += other.failures
        self.longest_gap = max(self.longest_gap, other.longest_gap)
        self.listed |= other.listed

    def fail(self, spec: str, why: object) -> None:
        """Remember a failure; ``spec`` is what ``--replay`` takes."""
        self.failures.append(f'--replay "{spec}": {_one_line(why)}')

    def lines(self) -> list[str]:
        """Return the report."""
        kills = [f"  {name}: {count}" for name, count in sorted(self.kills.items())]
        by_operation: Counter[str] = Counter()
        for name, count in self.kills.items():
            by_operation[name.partition(" / ")[0]] += count
        faults = [f"  {name}: {count}" for name, count in sorted(self.faults.items())]
        return [
            f"histories: {self.histories}",
            f"kills: {sum(self.kills.values())}",
            *kills,
            "kills by operation:",
            *(f"  {name}: {count}" for name, count in sorted(by_operation.items())),
            f"faults: {sum(self.faults.values())}",
            *faults,
            f"crash states: {self.crash_states}",
            f"mutants caught: {self.mutants_caught} of {self.mutants}",
            f"longest gap of a core page: {self.longest_gap:.2f} s",
            *(f"not possible here: {what}: {why}" for what, why in sorted(self.listed.items())),
            f"invariant failures: {len(self.failures)}",
            *(f"  script/torture {line}" for line in self.failures),
        ]


def _one_line(why: object) -> str:
    return " ".join(str(why).split())[:500]
