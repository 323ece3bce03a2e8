"""What can go wrong with archives and with the disk, as errors that a person can act on."""

from __future__ import annotations

import errno
import os
from typing import NoReturn

from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_BROKEN = frozenset({errno.EIO, errno.EROFS, errno.EFBIG, errno.ENOTRECOVERABLE})


class StorageFailed(ModuleError):
    """The disk did not take what was written. Final: a later success would prove nothing (R1.3).

    Whoever catches it gives up the operation and throws the directory away, without trying again.
    """

    http_status = 507


class ArchiveRefused(Refused):
    """The whole archive is refused; nothing of it was used.

    ``context["rule"]`` is the id of the rule in reference R2.2 (A01-A30) or R2.3 (M09), and
    ``context["entry"]`` the name of the entry at fault, printable, or an empty text.
    """


class StoreDamaged(ModuleError):
    """What the store holds is not what was recorded when it was written."""


def explain_os_error(error: OSError, action: str) -> NoReturn:
    """Raise `StorageFailed` when the disk is full or broken, else ``error`` as it came."""
    if error.errno in _NO_SPACE:
        raise StorageFailed(
            "storage-full",
            _("There is no space left on the disk ({action})."),
            context={"action": action},
            hint=_("Free some space below the data folder and try again."),
        ) from error
    if error.errno in _BROKEN:
        raise storage_failed(error, action) from error
    raise error


def storage_failed(error: OSError, action: str) -> StorageFailed:
    """Return the error for a write or sync that the disk reported as failed."""
    return StorageFailed(
        "storage-failed",
        _("The disk reported an error ({action}): {error}."),
        context={"action": action, "error": os.strerror(error.errno or 0)},
        hint=_("Check the disk and the system log before you try again."),
    )
