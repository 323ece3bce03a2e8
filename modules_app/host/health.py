"""What the host says of itself to its parent and to web."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse

from modules_app.host.loader import current_result


def health(request: HttpRequest) -> JsonResponse:
    """Answer with the sequence and how each module fares; asked on the private socket only."""
    result = current_result()
    modules: dict[str, dict[str, Any]] = {name: {"ok": True} for name in result.loaded}
    for name, failure in result.failed.items():
        modules[name] = {
            "ok": False,
            "error": failure.error,
            "traceback": failure.traceback,
            "passing": failure.passing,
        }
    return JsonResponse(
        {"sequence": result.sequence, "safe_mode": result.safe_mode, "modules": modules}
    )
