"""Pages of a module: drawn inside PBX Admin's frame, from the module's own templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from modules_app.sdk.context import current_module
from modules_app.sdk.translations import language


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with a template of the module's ``templates/`` folder.

    Let it extend ``base.html``. The context gets ``module`` and ``title``, the module's name.
    """
    module = current_module()
    base = {"module": module, "title": module.title(language())}
    return render(request, template, {**base, **(context or {})}, status=status)


def asset(path: str) -> str:
    """Return the address of a public file; it changes with each new package.

    Public are the files below ``public/assets/`` (MikoPBX contract) or ``assets/`` (FreePBX).
    """
    module = current_module()
    return f"/assets/{module.id}/{module.release}/{quote(path)}"


def set_module_cookie(response: HttpResponse, name: str, value: str, **options: Any) -> None:
    """Set a cookie that reaches this module's pages only; ``options`` as in Django's set_cookie."""
    module = current_module()
    options.setdefault("httponly", True)
    options.setdefault("samesite", "Strict")
    response.set_cookie(f"m_{module.id}_{name}", value, path=module.url, **options)


def module_cookie(request: HttpRequest, name: str, default: str = "") -> str:
    """Return the value of a cookie that `set_module_cookie` set."""
    return request.COOKIES.get(f"m_{current_module().id}_{name}", default)
