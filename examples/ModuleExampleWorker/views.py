"""The page: what the workers did, and a form that gives them work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from modules_app.sdk import enqueue, render_page

from .models import WorkerEvent
from .workers import QUEUE

SHOWN = 20


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the newest events; a POST adds a job."""
    name = request.POST.get("name", "").strip()[:80]
    if request.method == "POST" and name:
        enqueue(QUEUE, name)
        return redirect("example-worker")
    return render_page(request, "events.html", {"events": WorkerEvent.objects.all()[:SHOWN]})
