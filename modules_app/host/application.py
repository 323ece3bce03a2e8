"""The WSGI application of one host worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.template import engines
from django.utils import translation

from modules_app.bridge.languages import languages
from modules_app.bridge.names import HEALTH_PATH
from modules_app.bridge.registry import Registry
from modules_app.host.databases import prepare_scratch, wait_for_locks
from modules_app.host.loader import load
from modules_app.host.marker import entering
from modules_app.host.outside import Files
from modules_app.sdk.outside import provide

LOCK_SECONDS = 5.0


def warm_up() -> None:
    """Do in the zygote, once, what every worker would do anew: imports, templates, translations.

    One request is answered, because much is imported at first use. No module is loaded, and no
    connection is left open.
    """
    engines.all()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Modules")
    prepare_scratch()
    connections.close_all()
    environ: dict[str, Any] = {"PATH_INFO": HEALTH_PATH}
    setup_testing_defaults(environ)
    WSGIHandler()(environ, lambda _status, _headers: None)


def build(registry: Registry, left_out: Mapping[str, str]) -> Callable[..., Any]:
    """Load the modules of ``registry`` into this worker and return what answers requests.

    ``left_out`` names the modules that are not tried, with the reason that health reports.
    """
    wait_for_locks(LOCK_SECONDS)
    provide(Files(Path(settings.PBX_DATA_DIR)))
    languages.use({one.pack: Path(one.code) for one in registry.modules if one.pack})
    load(registry, left_out=left_out, entering=entering)
    return WSGIHandler()
