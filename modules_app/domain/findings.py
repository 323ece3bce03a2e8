"""What reading a package found: errors, warnings and notes, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modules_app.exceptions import fill


class Severity(StrEnum):
    """An error refuses the package, a warning is worth reading, a note merely informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark. ``message`` and ``hint`` are English with ``{placeholders}``.

    ``location`` says where: ``module.json:12``, ``module.xml:/module/depends`` or an archive path.
    """

    severity: Severity
    slug: str
    message: str
    context: Mapping[str, Any] = field(default_factory=dict)
    location: str = ""
    hint: str = ""

    def __str__(self) -> str:
        return fill(self.message, self.context)

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form; sentences stay unfilled so that pages can translate them."""
        return {
            "severity": str(self.severity),
            "slug": self.slug,
            "message": self.message,
            "context": dict(self.context),
            "location": self.location,
            "hint": self.hint,
        }
