"""The log of attacks, as fail2ban reads it: log/security.log (reference M6.7).

A line says who noticed, what happened and from which address. Nothing that the other side typed
is part of it, else it could name somebody else's address.
"""

from __future__ import annotations

import re

from modules_app.domain.networks import Address

LOGGER = "pbxadmin.attacks"
FILE = "security.log"
WEB = "pbx-web"
WRONG_PASSWORD = "wrong password"  # noqa: S105 - what the line says, not a password
WRONG_KEY = "wrong key"

_NOT_A_WORD = re.compile(r"[^A-Za-z0-9 _-]+")


def attack_line(who: str, what: str, address: Address) -> str:
    """Return the line without its time; other letters than those of words are left out."""
    words = " ".join(_NOT_A_WORD.sub("", what).split())[:60] or "attack"
    return f"{who}: {words} from {address}"
