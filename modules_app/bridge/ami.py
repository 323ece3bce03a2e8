"""The AMI account of modules' workers: the workers process reads it and hands it to those that ask.

The telephone part makes the secret and writes the account into manager.conf.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from modules_app.bridge.files import read_small_file

ACCOUNTS_FILE = "asterisk-accounts.json"
MODULES_ACCOUNT = "pbxmodules"
HOST = "127.0.0.1"
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class AmiAccess:
    """Where Asterisk's manager interface listens, and an account of it."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)

    def as_dict(self) -> dict[str, str | int]:
        """Return the JSON form."""
        return asdict(self)


def modules_access(data_dir: Path, port: int) -> AmiAccess | None:
    """Return the account of modules' workers, None as long as there is none."""
    try:
        found = json.loads(read_small_file(data_dir / ACCOUNTS_FILE, _LARGEST))
        return AmiAccess(HOST, port, MODULES_ACCOUNT, str(found[MODULES_ACCOUNT]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
