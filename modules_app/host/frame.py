"""The frame around every page of a module, drawn once before any module is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string

from modules_app.bridge.system import statement_of_system
from modules_app.host.user import StatementUser

_PARTS = ("components/_sidebar.html", "components/_topbar.html")


def draw_frame() -> None:
    """Do in the zygote what each child would do anew at its first page: find and draw icons.

    No database is asked.
    """
    use_plain_static_files()
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    request = WSGIRequest(environ)
    request.user = StatementUser(statement_of_system("", language="en"))  # type: ignore[assignment]
    for part in _PARTS:
        render_to_string(part, {"sidebar": {"groups": []}}, request)


def use_plain_static_files() -> None:
    """Serve pages also where static files were not collected; call it before the first page.

    A module is not to be judged by what this installation lacks.
    """
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
        settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
