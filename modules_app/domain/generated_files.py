"""Files that a module has written for Asterisk (reference F9.4 step 6)."""

from __future__ import annotations

import re

LONGEST_FILE = 256 * 1024
MOST_FILES = 20
_RESERVED = frozenset(
    f"{name}.conf"
    for name in (
        *("acl", "ari", "asterisk", "cli", "cli_permissions", "extconfig", "extensions"),
        *("features", "http", "logger", "manager", "modules", "pjsip", "rtp", "stasis"),
    )
)
"""Files that decide what Asterisk is; whatever a module is called, it does not write them."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}\.conf")


def is_own_file(module_id: str, name: str) -> bool:
    """Tell whether a file of this name may be a module's: its id, then anything, then ``.conf``.

    After the id comes no letter or digit, so ``core`` never writes what ``core2`` does.
    """
    if name in _RESERVED:
        return False
    own = module_id.lower()
    rest = name[len(own) : len(own) + 1]
    return bool(_NAME.fullmatch(name)) and name.startswith(own) and not rest.isalnum()
