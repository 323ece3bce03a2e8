"""The crontab: tested by `crontab -n`, and for no other user than the module user."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from django.conf import settings

from modules_app.applier.links import system_dir
from modules_app.applier.report import Report, run_program
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

FILE = "pbxadmin"
"""Name of the crontab; cron reads no name with a dot."""

_PID = Path("/run/crond.pid")
_TIMES = 5


def module_user() -> str:
    """Return as whom cron runs what modules ask for. Raises ``ModuleError`` for an unknown one."""
    name = settings.PBX_MODULE_USER
    try:
        if name:
            return pwd.getpwnam(name).pw_name
        return pwd.getpwuid(Path(settings.PBX_DATA_DIR).stat().st_uid).pw_name
    except KeyError as error:
        raise ModuleError(
            "cron-no-user",
            _("The user for the crontab does not exist on this machine: {name}."),
            context={"name": name or str(Path(settings.PBX_DATA_DIR).stat().st_uid)},
            hint=_("Set PBX_MODULE_USER to a user without rights of its own."),
        ) from error


def guard(folder: Path) -> None:
    """Raise ``Refused`` when a line would run as somebody else, whoever asked for the file."""
    user = module_user()
    for path in sorted(folder.rglob("*")):
        for line in path.read_bytes().decode().split("\n") if path.is_file() else ():
            refuse_other_user(line, user)


def refuse_other_user(line: str, user: str) -> None:
    """Raise ``Refused`` when a line of a crontab would run as somebody else than ``user``.

    Only blanks and tabs end a word for cron, and it reads a star and a vertical tab and a name as
    a star. So no other character that passes for space may stand there.
    """
    if any(not (sign.isprintable() or sign == "\t") for sign in line):
        raise _other_user(user, line)
    text = line.strip(" \t")
    if text and not text.startswith("#") and not _is_setting(text):
        _require_user(text, user)


def check(folder: Path) -> Report:
    """Let cron's own parser read the crontab; it cuts off long paths, so it runs in the folder."""
    return run_program("crontab", "-n", FILE, folder=folder)


def reload(folder: Path) -> Report:
    """Let cron look at its folder: a file that came back is older than what cron knows."""
    system = system_dir("cron")
    if system is None:
        return Report(
            ok=True,
            skipped=_("No cron reads {path}, as PBX_CRON_DIR is not set."),
            context={"path": str(folder)},
        )
    with FsOps().directory(system) as dir_fd:
        os.utime(dir_fd)
    if not _is_running():
        return Report(ok=True, skipped=_("cron does not run on this machine."))
    return Report(ok=True)


def _is_setting(text: str) -> bool:
    """A name, then "="; a time or a command cannot come before it."""
    name, sign, _value = text.partition("=")
    return bool(sign) and name.strip().isidentifier()


def _require_user(line: str, user: str) -> None:
    before = 1 if line.startswith("@") else _TIMES
    words = line.split(None, before + 1)
    if len(words) <= before or words[before] != user:
        raise _other_user(user, line)


def _other_user(user: str, line: str) -> Refused:
    return Refused(
        "cron-other-user",
        _("A line of the crontab would not run as “{user}”: {line}"),
        context={"user": user, "line": line[:200]},
    )


def _is_running() -> bool:
    try:
        return Path(f"/proc/{int(_PID.read_text())}").is_dir()
    except (OSError, ValueError):
        return False
