"""Packages for tests: files in memory, and the readers' view of them."""

from __future__ import annotations

from collections.abc import Iterable

from modules_app.domain.findings import Finding
from modules_app.inspection.files import Sources


class MemoryFiles:
    """Package files from a mapping of paths to text or bytes."""

    def __init__(self, content: dict[str, str | bytes]) -> None:
        self.content = {
            path: data.encode() if isinstance(data, str) else data
            for path, data in content.items()
        }

    def paths(self) -> Iterable[str]:
        return list(self.content)

    def size(self, path: str) -> int:
        return len(self.content[path])

    def read(self, path: str, limit: int) -> bytes:
        return self.content[path][:limit]


def sources(content: dict[str, str | bytes]) -> Sources:
    return Sources(MemoryFiles(content))


def slugs(findings: Iterable[Finding]) -> list[str]:
    return [finding.slug for finding in findings]
