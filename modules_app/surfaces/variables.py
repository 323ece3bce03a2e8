"""The variables that generated files hold, and those of the operator, which applies them.

A command runs with the variables of a shell, the operator with those of the server. What a command
says about generated files must hold for the operator.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from modules_app.packages.datadir import DataDir
from modules_app.packages.errors import StorageFailed
from modules_app.packages.fsops import FsOps

log = logging.getLogger("pbxadmin.surfaces")

FILE = "variables.json"
NAMES = (
    "MANAGE",
    "PBX_ASTERISK_BIND",
    "PBX_ASTERISK_CERTIFICATE",
    "PBX_ASTERISK_PRIVATE_KEY",
    "PBX_BIND",
    "PBX_ETC_DIR",
    "PBX_FAIL2BAN_RUN_DIR",
    "PBX_MODULE_USER",
    "PBX_NGINX_PORT",
    "PBX_PORT",
    "PBX_SSH_LOG",
)
"""Settings by environment that reach a generated file; MANAGE is how cron calls PBX Admin."""


def note_variables(fsops: FsOps, data_dir: DataDir) -> None:
    """Write down with which variables this process, the operator, draws. Never raises."""
    data = json.dumps(_own(), indent=2).encode()
    try:
        fsops.write_file_atomically(data_dir.run, FILE, data, mode=0o640, durable=False)
    except (OSError, StorageFailed) as error:
        log.warning("%s could not be written: %s", FILE, error)


@contextmanager
def as_the_operator(data_dir: DataDir) -> Iterator[list[str]]:
    """Let this process draw as the last operator did; yields the variables that differ.

    For commands only: the settings of the whole process are changed meanwhile.
    """
    own, noted = _own(), _noted(data_dir)
    other = {name: noted[name] for name in NAMES if name in noted and noted[name] != own[name]}
    try:
        _set(other)
        yield sorted(name for name in other if name.startswith("PBX_"))
    finally:
        _set({name: own[name] for name in other})


def _own() -> dict[str, Any]:
    return {name: getattr(settings, name) for name in NAMES}


def _noted(data_dir: DataDir) -> Mapping[str, Any]:
    try:
        noted = json.loads((data_dir.run / FILE).read_text())
    except (OSError, ValueError):  # no operator ran here yet
        return {}
    return noted if isinstance(noted, dict) else {}


def _set(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
