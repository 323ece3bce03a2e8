"""The pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from modules_app.sdk import render_page

from .models import HookNote

SHOWN = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the newest notes."""
    return render_page(request, "everything/index.html", {"notes": HookNote.objects.all()[:SHOWN]})


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Show how many notes there are; it takes the right that the module names."""
    return render_page(request, "everything/reports.html", {"count": HookNote.objects.count()})


@require_safe
def added(request: HttpRequest) -> HttpResponse:
    """Answer at the address that `on_after_routes_prepared` added."""
    return HttpResponse("added by a hook", content_type="text/plain")
