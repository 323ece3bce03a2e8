"""The pages: the list of addresses, and a code that somebody might guess."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST

from modules_app.sdk import ask_reload, render_page, report_attack

from .forms import AddressForm
from .models import DroppedAddress

CODE = "4711"


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the addresses; a POST adds one, and the firewall follows."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        ask_reload("on_after_iptables_reload")
        return redirect("example-guard")
    context = {"form": form, "addresses": DroppedAddress.objects.all()}
    return render_page(request, "guard.html", context, status=422 if form.errors else 200)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Tell whether the code is right; a wrong one is told to fail2ban."""
    if constant_time_compare(request.POST.get("code", ""), CODE):
        return HttpResponse("right", content_type="text/plain")
    report_attack(request.META.get("REMOTE_ADDR") or "127.0.0.1", "wrong code")
    return HttpResponse("wrong", content_type="text/plain", status=403)
