"""What one rule says, and where it was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modules_app.domain.findings import Severity


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule: ``message`` names what was found, ``reason`` why it matters, ``instead`` the cure.

    An error refuses the package: what it names cannot work here. What is only dangerous warns: it
    is the administrator who decides whose code to trust. ``bad`` and ``good`` are samples for the
    documentation; a test runs the lint over both.
    """

    slug: str
    severity: Severity
    message: str
    reason: str
    instead: str
    bad: str = ""
    good: str = ""
    file: str = "main.py"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that breaks a rule; a comment on one of its lines may allow it."""

    slug: str
    line: int
    last_line: int = 0
    context: Mapping[str, object] = field(default_factory=dict)

    @property
    def lines(self) -> range:
        """Return the lines on which a comment counts."""
        return range(self.line, max(self.line, self.last_line) + 1)
