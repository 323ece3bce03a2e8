"""Taking a package out of the store of accepted packages again, as if it were uploaded."""

from __future__ import annotations

import os

from modules_app.models import StoredPackage, Upload
from modules_app.packages.store import open_package
from modules_app.permissions import Actor
from modules_app.selectors.registry import data_dir
from modules_app.services.uploads import receive_upload


def upload_kept(actor: Actor, sha256: str) -> Upload:
    """Return a new upload with the content of a kept package, with its report of today.

    Raises ``NotFound`` when it is not kept any more, and whatever `receive_upload` raises.
    """
    fd = open_package(data_dir(), sha256)
    stored = StoredPackage.objects.filter(sha256=sha256).first()
    with os.fdopen(fd, "rb") as file:
        chunks = iter(lambda: file.read(1024 * 1024), b"")
        filename = stored.filename if stored else sha256
        return receive_upload(actor=actor, chunks=chunks, filename=filename)
