"""The page of the module: one list to search, add to and delete from."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from modules_app.sdk import render_page, translate

from .forms import NumberForm
from .main import BlackListMain
from .models import BlackListNumbers

PAGE_ROWS = 50


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the list; a POST adds a number to it."""
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        blocked = form.save()
        text = translate("module_black_list_Added", number=blocked.number)
        messages.success(request, text)
        return redirect("black-list")
    search = request.GET.get("search", "").strip()
    pages = Paginator(BlackListMain().numbers(search), PAGE_ROWS)
    context = {
        "form": form,
        "search": search,
        "numbers": pages.get_page(request.GET.get("page")),
    }
    return render_page(request, "black_list.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: HttpRequest, number_id: int) -> HttpResponse:
    """Take one number off the list."""
    blocked = get_object_or_404(BlackListNumbers, pk=number_id)
    blocked.delete()
    text = translate("module_black_list_Deleted", number=blocked.number)
    messages.success(request, text)
    return redirect("black-list")
