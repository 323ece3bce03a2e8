"""The administrator's own parts of generated files, also of those that are not generated now."""

from __future__ import annotations

from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import CustomFile


def custom_files() -> list[CustomFile]:
    """Return all of them by path."""
    return list(CustomFile.objects.all())


def find_custom_file(path: str) -> CustomFile:
    """Return the one for a file. Raises ``NotFound``."""
    row = CustomFile.objects.filter(pk=path).first()
    if row is None:
        raise NotFound(
            "custom-file-unknown",
            _("There is no text of your own for “{path}”."),
            context={"path": path[:200]},
        )
    return row
