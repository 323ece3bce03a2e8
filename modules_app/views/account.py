"""Login, and the one-time page that makes the first administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import NotFound
from modules_app.forms.account import FirstUserForm
from modules_app.services.users import create_first_user, is_setup_code
from modules_app.views.errors import error_page
from modules_app.views.http import methods

login: Any = auth_views.LoginView.as_view(
    template_name="account/login.html", redirect_authenticated_user=True
)
logout: Any = auth_views.LogoutView.as_view()


@login_not_required
@methods("GET", "POST")
def setup(request: HttpRequest, code: str) -> HttpResponse:
    """Make the first administrator, if ``code`` is the one that the console printed; then 404."""
    if not is_setup_code(code):
        return error_page(404, setup_link=True)
    form = FirstUserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/setup.html", {"form": form}, status=status)
    return _create(request, form, code)


def _create(request: HttpRequest, form: FirstUserForm, code: str) -> HttpResponse:
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    try:
        create_first_user(code=code, username=name, password=password)
    except NotFound:
        return error_page(404, setup_link=True)
    messages.success(request, gettext("The administrator was created. Log in to go on."))
    return redirect("login")
