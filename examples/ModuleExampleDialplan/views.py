"""The page with the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from modules_app.sdk import ask_reload, render_page, translate

from .forms import SettingsForm
from .models import DialplanSettings


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the settings; a POST saves them and has the telephones' options asked for again."""
    form = SettingsForm(request.POST or None, instance=DialplanSettings.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        ask_reload("override_pjsip_options")
        messages.success(request, translate("module_example_dialplan_Saved"))
        return redirect("example-dialplan")
    return render_page(request, "dialplan.html", {"form": form}, status=422 if form.errors else 200)
