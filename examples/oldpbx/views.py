"""The page of the module."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from modules_app.sdk import render_page


def hello(request: HttpRequest) -> HttpResponse:
    """Greet as it was done before."""
    return render_page(request, "old.html")
