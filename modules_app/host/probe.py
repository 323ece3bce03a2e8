"""A private host for one module: does it load, find its data, call itself well and draw its page?

It works on a copy of the module's data that is thrown away afterwards. Undoing instead of copying
fails on real modules: they commit by themselves, open further connections, or write while a page
is drawn, which a read-only database would refuse. Only data too large to copy is read without
writing, and then a refused write counts for nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.utils.translation import gettext as _

from modules_app.bridge.registry import Registry
from modules_app.bridge.statement import META_KEY, sign
from modules_app.bridge.system import statement_of_system
from modules_app.host.classes import config_class, freepbx_class
from modules_app.host.collecting import missing_pages
from modules_app.host.frame import use_plain_static_files
from modules_app.host.loader import LoadedModule, load
from modules_app.host.trial import NotWell, Stage, Trial, run_trial
from modules_app.sdk.records import Records, Settings

_LOGS = ("pbx.host", "django.request")
"""Where the host says what a page raised."""
_MOST_BYTES = 16 * 1024 * 1024


def probe(payload: dict[str, Any]) -> dict[str, Any]:
    """Load a module as the host does and try it; return what `preflight` returns.

    ``payload``: as for `run_task`, where the database of "module" is one that may be spoilt, and
    "page", the address to ask for.
    """
    return run_trial(payload, _try_module)


def _try_module(trial: Trial) -> None:
    use_plain_static_files()
    loaded = _load(trial)
    trial.stage = Stage.DATABASE
    if trial.module.is_python:
        with connections[trial.module.label].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master")
        trial.stage = Stage.SELF_TEST
        _self_test(trial)
    trial.stage = Stage.PAGE
    hrefs = trial.payload.get("hrefs") or [trial.payload["page"]]
    trial.missing = missing_pages(loaded, hrefs)
    _draw_page(trial)


def _load(trial: Trial) -> LoadedModule:
    registry = Registry(
        sequence=0,
        modules=(trial.module,),
        language=trial.payload.get("language") or "en",
        pbx_version=trial.payload["pbx_version"],
    )
    result = load(registry)
    failure = result.failed.get(trial.module.id)
    if failure is not None:
        raise NotWell(failure.error, failure.traceback)
    return result.loaded[trial.module.id]


def _self_test(trial: Trial) -> None:
    conf = config_class(trial.module)
    if conf is not None:
        _judge(conf(trial.facts).self_test())
    if trial.module.contract != "freepbx":
        return
    kind = freepbx_class(trial.module)
    if kind is not None:
        records = Records(
            Settings(trial.payload.get("settings", {})), Path(trial.payload["log_dir"]), ()
        )
        _judge(kind(trial.facts, trial.payload.get("manifest") or {}, records).self_test())


def _judge(said: object) -> None:
    """Raise `NotWell` unless a self-test answered None, True or an empty list."""
    if said is None or said is True:
        return
    if said is False:
        raise NotWell(_("Its self-test answered False and gave no reason."))
    sentences = [said] if isinstance(said, str) or not isinstance(said, Iterable) else [*said]
    if sentences:
        raise NotWell(" ".join(str(sentence) for sentence in sentences)[:2000])


def _draw_page(trial: Trial) -> None:
    errors = _Errors()
    for name in _LOGS:
        logging.getLogger(name).addHandler(errors)
    page = trial.payload["page"]
    if page in trial.missing:  # its entry is hidden; that the rest works is seen on the first page
        page = trial.facts.url
    status = _ask(trial, page)
    if status < 400:
        return
    if errors.last is not None:
        raise errors.last
    raise NotWell(_("Its page %(page)s answered %(status)s.") % {"page": page, "status": status})


class _Errors(logging.Handler):
    """Remembers what a page raised; all that the answer itself tells is a status."""

    last: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.last = record.exc_info[1]


def _ask(trial: Trial, page: str) -> int:
    """Ask for an address as the system itself and return the status; the answer is read."""
    path, _mark, query = page.partition("#")[0].partition("?")
    said = statement_of_system(trial.module.id, language=trial.payload.get("language") or "en")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        META_KEY: sign(said, settings.PBX_STATEMENT_KEY),
    }
    setup_testing_defaults(environ)
    status = 500

    def start(line: str, _headers: object) -> None:
        nonlocal status
        status = int(line.split()[0])

    answer: Any = WSGIHandler()(environ, start)
    try:
        size = 0
        for part in answer:
            size += len(part)
            if size > _MOST_BYTES:  # a download, or a stream without an end
                break
    finally:
        answer.close()
    return status
