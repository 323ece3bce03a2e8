"""Sessions as files that survive a full disk: people must get in to make room (design 4)."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.file import SessionStore as FileStore

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own below it, checked before use


class SessionStore(FileStore):
    """Keeps a session below the run folder, and in memory while that folder takes nothing."""

    was_ended = False

    def load(self) -> dict[str, Any]:
        """Return what was stored last, wherever."""
        spare = self._spare()
        if spare and spare.exists(self._get_session_key()):
            return spare.load()
        return super().load()

    def exists(self, session_key: str) -> bool:
        """Tell whether there is such a session in either place."""
        spare = self._spare()
        return super().exists(session_key) or bool(spare and spare.exists(session_key))

    def save(self, must_create: bool = False) -> None:
        """Store the session; Django says nothing when the disk took nothing of it."""
        before = self._state()
        try:
            super().save(must_create=must_create)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
        missed = self._state() in (before, None)
        spare = self._spare(make=missed)
        if spare is None:
            return
        key = self._get_session_key()
        if missed:
            spare._session_cache = self._get_session(no_load=must_create)
            spare.save(must_create=not spare.exists(key))
        else:
            spare.delete(key)

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session in both places."""
        key = session_key or self.session_key
        super().delete(key)
        spare = self._spare()
        if spare and key:
            spare.delete(key)

    def flush(self) -> None:
        """Forget the session for good; what the browser still holds is worth nothing."""
        self.was_ended = True
        super().flush()

    @classmethod
    def folders(cls) -> list[Path]:
        """Return where sessions are: on the disk, and in memory while that is full."""
        spare = spare_folder()
        return [Path(cls._get_storage_path()), *([spare] if spare else [])]

    def _state(self) -> tuple[int, int] | None:
        """Return what changes with every stored session; None when nothing is stored."""
        if self.session_key is None:
            return None
        try:
            status = os.stat(self._key_to_file())  # noqa: PTH116 - Django's path is a string
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns) if status.st_size else None

    def _spare(self, *, make: bool = False) -> FileStore | None:
        folder = spare_folder(make=make)
        if folder is None:
            return None
        spare = FileStore(None)
        spare.storage_path = str(folder)
        spare._session_key = self._get_session_key()
        return spare


def spare_folder(*, make: bool = False) -> Path | None:
    """Return the folder in memory, None if there is none that only we can look into."""
    name = hashlib.sha256(str(settings.PBX_DATA_DIR).encode()).hexdigest()[:16]
    folder = _MEMORY / f"pbx-admin-{os.geteuid()}-{name}"
    try:
        if make:
            folder.mkdir(mode=0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return None
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return folder if ours and not status.st_mode & 0o077 else None
