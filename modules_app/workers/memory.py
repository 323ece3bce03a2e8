"""How much memory a process has of its own (reference M13.1: 256 MB are enough)."""

from __future__ import annotations

from pathlib import Path


def own_bytes(pid: int) -> int:
    """Return the bytes that a process and nobody else holds; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(
        int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Private_")
    )
