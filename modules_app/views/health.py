"""Whether web answers; asked by supervisors and load balancers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse

from modules_app.views.http import methods


@login_not_required
@methods("GET")
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that web is alive; touches neither the database nor the host (reference R4.7)."""
    return JsonResponse({"ok": True})
