"""An application of two lines, and a worker that waits one second for headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from modules_app.processes.patient import PatientWorker


class ImpatientWorker(PatientWorker):
    HEAD_SECONDS = 1.0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body) + 2))])
    return [b"ok", body]
