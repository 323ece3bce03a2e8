"""The WSGI application of one host worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from modules_app.host.loader import load
from modules_app.host.registry import Registry
from modules_app.host.strikes import BootMarker


def build(registry: Registry, left_out: Mapping[str, str]) -> Callable[..., Any]:
    """Load the modules of ``registry`` into this worker and return what answers requests.

    ``left_out`` names the modules that are not tried, with the reason that health reports.
    """
    load(registry, left_out=left_out, entering=BootMarker(settings.PBX_DATA_DIR / "run"))
    return WSGIHandler()
