"""Login, one's own password, and the one-time page that makes the first administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from modules_app.exceptions import NotFound
from modules_app.forms.account import FirstUserForm, NewPasswordForm
from modules_app.selectors.menu import first_entry
from modules_app.selectors.rights import home_page_of
from modules_app.services.locks import forget_failures
from modules_app.services.signing_in import address_of
from modules_app.services.sudo import prove
from modules_app.services.users import create_first_user, is_setup_code, set_password
from modules_app.views.errors import error_page
from modules_app.views.http import PageRequest, methods, page


class _Login(auth_views.LoginView):
    """The login. People of a module begin at the page that it named for them; whoever may not see
    our overview, at the first entry of the sidebar that they may open.
    """

    template_name = "account/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Return where somebody goes who was on the way to no page in particular."""
        user = self.request.user
        if page := home_page_of(user):
            return page
        usual = super().get_default_redirect_url()
        return usual if user.has_perm("modules_app.view_module") else first_entry(user) or usual


login: Any = methods("GET", "POST")(_Login.as_view())
logout: Any = auth_views.LogoutView.as_view()


@sensitive_post_parameters("current", "password", "repeated")
@methods("GET", "POST")
@page(None)
def password(request: PageRequest) -> HttpResponse:
    """Change one's own password, which ends one's other sessions; the old one is asked for."""
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _password_page(request, form)
    name, current = request.user.get_username(), form.cleaned_data["current"]
    request.is_sudo = True  # type: ignore[attr-defined] - the audit tells it from a login
    user = authenticate(request, username=name, password=current)
    if user is None or user.pk != request.user.pk:
        form.add_error("current", gettext("This is not your password."))
        return _password_page(request, form)
    forget_failures(request, name)
    set_password(actor=request.actor, user=user, password=form.cleaned_data["password"])
    update_session_auth_hash(request, user)  # type: ignore[arg-type]
    prove(request.session)
    messages.success(request, gettext("Your password was changed; your other sessions ended."))
    return redirect("session-list")


def _password_page(request: HttpRequest, form: NewPasswordForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "account/password.html", {"form": form}, status=status)


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
        create_first_user(code=code, username=name, password=password, address=address_of(request))
    except NotFound:
        return error_page(404, setup_link=True)
    messages.success(request, gettext("The administrator was created. Log in to go on."))
    return redirect("login")
