"""The page: the last calls, and the account for other programs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from modules_app.sdk import ask_reload, render_page, translate

from .conf import USER
from .models import HeardCall, ProgramAccess

SHOWN = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the newest calls."""
    context = {
        "calls": HeardCall.objects.all()[:SHOWN],
        "user": USER,
        "access": ProgramAccess.objects.first(),
    }
    return render_page(request, "calls.html", context)


@require_POST
def new_secret(request: HttpRequest) -> HttpResponse:
    """Make a new secret; the old one ends with the next reload of Asterisk."""
    ProgramAccess.renew()
    ask_reload("generate_manager_conf")
    messages.success(request, translate("module_example_ami_Renewed"))
    return redirect("example-ami")
