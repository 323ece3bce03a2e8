"""The page of the module."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from modules_app.sdk import render_page, this_module

from .models import Greeting


def hello(request: HttpRequest) -> HttpResponse:
    """Show who was greeted, and what other modules add; a POST greets ``name`` once more."""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:80]
        if name:
            Greeting.objects.get_or_create(name=name)
            Greeting.objects.filter(name=name).update(greeted=F("greeted") + 1)
        return redirect("hello")
    greetings = [
        (greeting, this_module().get_greetings(greeting.name))
        for greeting in Greeting.objects.all()
    ]
    return render_page(request, "hello.html", {"greetings": greetings})
