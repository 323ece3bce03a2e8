"""A strict reader of Asterisk's configuration: what Asterisk would swallow silently is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line; ``message`` is English with placeholders that ``context`` fills."""

    path: str
    line: int
    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


def check(files: Mapping[str, str]) -> list[Fault]:
    """Return all faults of some files (path -> text), in the order of files and lines."""
    return []
