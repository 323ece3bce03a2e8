"""The page with the form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from modules_app.sdk import render_page, translate

from .forms import PREFIX, SettingsForm
from .models import FormSettings


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the settings; a POST saves them."""
    form = SettingsForm(request.POST or None, instance=FormSettings.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, translate(f"{PREFIX}Saved"))
        return redirect("example-form")
    return render_page(request, "form.html", {"form": form}, status=422 if form.errors else 200)
