"""Sounds and scripts: Asterisk reads them when it plays or runs them, so nobody is to be told."""

from __future__ import annotations

from pathlib import Path

from modules_app.applier.links import LINKED, system_dir
from modules_app.applier.report import Report
from modules_app.exceptions import gettext_noop as _


def reload(folder: Path) -> Report:
    """Say where nobody reads what lies there."""
    if system_dir(folder.name) is not None or not any(folder.iterdir()):
        return Report(ok=True)
    return Report(
        ok=True,
        skipped=_("No Asterisk reads {path}, as {setting} is not set."),
        context={"path": str(folder), "setting": LINKED[folder.name].setting},
    )
