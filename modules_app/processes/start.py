"""What a process settles before it reads its settings: whose it is, and what others may read."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

_OTHERS = 0o007


def settle(data_dir: Path) -> None:
    """Keep new files from other users; started as root, become the owner of ``data_dir``.

    A file that root left in there would lock the server out of its own data (design 7). Ends the
    process when the owner could not run it, and raises ``PermissionError`` where the process may
    not change its user.
    """
    forbid_others()
    become_owner(data_dir)
    for needed in (os.__file__, __file__):
        if not os.access(needed, os.R_OK):
            sys.exit(
                f"Error: {data_dir} belongs to the user with the number {os.geteuid()}, so this "
                f"command continues as that user, who may not read {needed}. Let that user read "
                "Python and this project, or change the owner of the folder."
            )


def forbid_others() -> None:
    """Take all rights on new files from users outside the group, whatever the umask was."""
    os.umask(os.umask(0o077) | _OTHERS)


def become_owner(data_dir: Path, *, change: Callable[[int, int], None] | None = None) -> None:
    """Continue as the owner of ``data_dir``, if this is root and the owner is not.

    ``change`` takes the ids of user and group; tests replace it.
    """
    if os.geteuid() != 0 or not data_dir.exists():
        return
    status = data_dir.stat()
    if status.st_uid != 0:
        (change or _change)(status.st_uid, status.st_gid)


def _change(user: int, group: int) -> None:
    os.setgid(group)
    try:
        os.initgroups(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        os.setgroups([group])
    os.setuid(user)
