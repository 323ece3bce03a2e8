"""What the operator does for firewall and fail2ban beside applying their files."""

from __future__ import annotations

import logging
import os
from contextlib import suppress

from django.db import DatabaseError

from modules_app.domain.attacks import FILE
from modules_app.operator.tools import Tools
from modules_app.permissions import Actor
from modules_app.services.firewall import return_when_over

log = logging.getLogger("pbxadmin.operator")

LARGEST_LOG = 5 * 1024 * 1024


def return_rules_when_over() -> None:
    """Bring the rules before a trial back when nobody kept the new ones in time."""
    with suppress(DatabaseError):  # a locked database: the next round does it
        if return_when_over(actor=Actor.system(channel="system", name="operator")):
            log.warning("the firewall rules on trial were not kept; those before are back")


def look_after_attack_log(tools: Tools) -> None:
    """Make the log of attacks, so that its jail exists from the start; put a large one aside."""
    with tools.fsops.directory(tools.data_dir.root, "log") as log_fd:
        with suppress(FileNotFoundError):
            if (tools.data_dir.root / "log" / FILE).lstat().st_size <= LARGEST_LOG:
                return
            tools.fsops.rename(FILE, f"{FILE}.1", log_fd)
        os.close(tools.fsops.create_file(FILE, log_fd, mode=0o640))
