"""How large a package may be. The numbers are those of reference R2.2; settings may change them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Upper bounds that hold while an archive is read; crossing one refuses the whole archive.

    ``ratio`` counts unpacked against packed bytes and is asked only above ``ratio_from`` bytes,
    because a short text file may well shrink more. ``seconds`` is CPU time of the reading.
    """

    packed_bytes: int = 100 * MIB
    unpacked_bytes: int = 400 * MIB
    entries: int = 5_000
    file_bytes: int = 50 * MIB
    name_bytes: int = 200
    depth: int = 24
    ratio: int = 100
    ratio_from: int = 1 * MIB
    seconds: float = 60.0
