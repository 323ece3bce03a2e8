"""Runs inside a child with the settings of the host: loads modules and answers requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.bridge.statement import HEADER, sign
from modules_app.host.loader import load
from modules_app.host.outside import Files
from modules_app.sdk.outside import provide


def serve(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the answers to ``payload["requests"]``."""
    static = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": static}}
    modules = tuple(RegistryModule.from_dict(module) for module in payload["modules"])
    load(Registry(7, modules, "en", "2026.3.1"))
    provide(Files(Path(payload["data_dir"])) if payload["data_dir"] else None)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return {"answers": [_ask(client, payload, request) for request in payload["requests"]]}


def _ask(client: Client, payload: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    path = request["path"]
    said = {
        "user_id": 1,
        "username": "ann",
        "name": "Ann",
        "is_superuser": False,
        "permissions": payload["rights"],
        "module_id": path.removeprefix("/api").split("/")[2],
        "language": payload["language"],
        "sequence": 7,
        **request.get("statement", {}),
    }
    headers = {HEADER: sign(said, settings.PBX_STATEMENT_KEY), **request.get("headers", {})}
    for name, value in request.get("cookies", {}).items():
        client.cookies[name] = value
    response = client.generic(
        request.get("method", "GET"),
        path,
        request.get("data", ""),
        content_type=request.get("type", "application/x-www-form-urlencoded"),
        headers=headers,
    )
    cookies = response.cookies.items()
    return {
        "status": response.status_code,
        "text": b"".join(response).decode(),
        "headers": dict(response.headers),
        "cookies": {name: [morsel.value, morsel["path"]] for name, morsel in cookies},
    }


def load_and_tell(payload: dict[str, Any]) -> dict[str, Any]:
    """Return which modules were entered, loaded and failed, with some of them left out."""
    entered: list[str] = []
    modules = tuple(RegistryModule.from_dict(module) for module in payload["modules"])
    registry = Registry(7, modules, "en", "2026.3.1")
    result = load(registry, left_out=payload["left_out"], entering=entered.append)
    failed = {name: failure.error for name, failure in result.failed.items()}
    return {"entered": entered, "loaded": list(result.loaded), "failed": failed}
