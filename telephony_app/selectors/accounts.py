"""PBX Admin's own AMI accounts: one for itself, one for the workers of modules.

Their secrets are made once and kept below the data folder; the generator of manager.conf writes
them, and permits them from 127.0.0.1 alone.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from modules_app.packages.fsops import FsOps
from modules_app.selectors.settings import read_setting
from telephony_app.domain.snapshot import Account

OWN = "pbxadmin"
OF_MODULES = "pbxmodules"
FILE = "asterisk-accounts.json"
HOST = "127.0.0.1"


def own_accounts() -> tuple[Account, Account]:
    """Return our account and that of modules' workers; the first reader makes their secrets."""
    known = _read()
    if known is None:
        known = {name: secrets.token_urlsafe(32) for name in (OWN, OF_MODULES)}
        _write(known)
        known = _read() or known
    return Account(OWN, known[OWN]), Account(OF_MODULES, known[OF_MODULES])


def ami_port() -> int:
    """Return where Asterisk's manager interface listens."""
    text = read_setting("AMIPort")
    return int(text) if text.isascii() and text.isdigit() else 5038


def _path() -> Path:
    return Path(settings.PBX_DATA_DIR) / FILE


def _read() -> dict[str, str] | None:
    try:
        found = json.loads(_path().read_text("utf-8"))
        return {name: str(found[name]) for name in (OWN, OF_MODULES)}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(known: dict[str, str]) -> None:
    fsops = FsOps()
    data = json.dumps(known).encode()
    if _path().exists():  # damaged: whoever reads it next gets the new one
        fsops.write_file_atomically(_path().parent, FILE, data, mode=0o600)
        return
    with fsops.directory(_path().parent) as dir_fd, suppress(FileExistsError):
        fsops.create_file_whole(FILE, dir_fd, data, mode=0o600)
