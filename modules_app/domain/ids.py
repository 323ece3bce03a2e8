"""Which ids a module may have, and when two of them are the same (design 6, R2.3 M11 and M12)."""

from __future__ import annotations

import re

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}", re.ASCII)

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
_OURS = frozenset(
    """
    admin batch core django login logout media modules_app operator pbx_modules pbxadmin static
    upload web
    """.split()
)


def is_module_id(text: str) -> bool:
    """Say whether ``text`` is an ASCII letter followed by 1 to 63 of ``A-Z a-z 0-9 _ -``."""
    return _ID.fullmatch(text) is not None


def is_reserved_id(text: str) -> bool:
    """Say whether the id belongs to PBX Admin itself or is a device name on Windows."""
    folded = fold_id(text)
    return folded in _OURS or folded in _DEVICES


def fold_id(text: str) -> str:
    """Return the form in which ids must differ, where case and ``-`` or ``_`` do not count.

    The import name of a module writes its hyphens as underscores, so ``a-b`` and ``a_b`` collide.
    """
    return text.casefold().replace("-", "_")


def dashed_form(module_id: str) -> str:
    """Return an id as the seeds write it in addresses: ``ModuleBlackList`` is module-black-list."""
    parts = [f"-{letter.lower()}" if letter.isupper() else letter for letter in module_id]
    return "".join(parts).strip("-").replace("_", "-")
