"""Whether web answers; asked by supervisors and load balancers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that web is alive; touches neither the database nor the host (reference R4.7)."""
    return JsonResponse({"ok": True})
