"""Asking for the password again before dangerous actions; the one place (reference R6.4).

A view says with ``@sudo`` that it is dangerous. If the last proof is old, its request is stored and
the person goes to a page that asks for the password. That page sends the password to the address of
the stored request, where the request goes on as if it had just been sent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from modules_app.exceptions import ModuleError, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import PendingAction
from modules_app.services.locks import forget_failures
from modules_app.services.signing_in import actor_of
from modules_app.services.sudo import find_action, is_fresh, keep_action, prove, take_action
from modules_app.views.http import PageRequest, PageView, View, methods, page, refusal

FIELD = "confirm"
"""The field of the password page that names the stored request."""

_SECRETS = ("password", "secret", "token")
_RAW_RECORDS = "admin"
_HARMLESS_RECORDS = {"login", "logout", "jsi18n", "autocomplete", "view_on_site", "index"}
_ASKED_BEFORE_TYPING = {"auth_user_add", "auth_user_password_change"}


Words = str | Callable[[HttpRequest], str]
"""A sentence with ``{target}``, or what finds it for a request."""


@dataclass(frozen=True, slots=True)
class Danger:
    """What a view does, as a sentence with ``{target}``, and with which methods it does it.

    The form of a ``careful`` one is not stored when it may hold a password.
    """

    what: Words
    methods: tuple[str, ...] = ("POST",)
    target: Callable[..., str] | None = None
    whom: Callable[[HttpRequest], str] | None = None
    careful: bool = False

    def sentence(self, request: HttpRequest) -> str:
        """Return what this very request would do, unfilled."""
        return self.what if isinstance(self.what, str) else self.what(request)

    def target_of(self, request: HttpRequest, arguments: dict[str, Any]) -> str:
        """Return what the request is about: by default the first part of the address."""
        if self.whom is not None:
            return self.whom(request)
        if self.target is not None:
            return self.target(**arguments)
        return str(next(iter(arguments.values()), ""))


def sudo(what: Words, **more: Any) -> Callable[[PageView[Any]], PageView[Any]]:
    """Declare a view dangerous; stands below ``@page``, so that the right is checked first.

    ``what`` is a sentence such as "Remove “{target}”", or finds it from the request; ``more`` are
    fields of `Danger`: ``target`` finds the name from the arguments, ``whom`` from the request,
    downloads are dangerous by ``methods=("GET",)``.
    """

    def decorate(view: PageView[Any]) -> PageView[Any]:
        danger = Danger(what, **more)

        @functools.wraps(view)
        def wrapped(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return guard(request, danger, kwargs) or view(request, *args, **kwargs)

        wrapped.sudo = danger  # type: ignore[attr-defined]
        return wrapped

    return decorate


class RawRecordsSudo:
    """The same for Django's admin: whatever changes a record there is dangerous."""

    danger = Danger(_("Change the raw records: {target}"), careful=True)
    before_typing = Danger(danger.what, ("GET", "POST"), careful=True)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: View[Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask before the view runs. A form that takes passwords is asked for before it is shown."""
        match = request.resolver_match
        name = match.url_name or ""
        if _RAW_RECORDS not in match.app_names or name in _HARMLESS_RECORDS:
            return None
        if not (request.user.is_active and request.user.is_staff):
            return None
        danger = self.before_typing if name in _ASKED_BEFORE_TYPING else self.danger
        try:
            return guard(request, danger, {"target": name.replace("_", " ")})
        except ModuleError as error:
            return refusal(request, error)


def guard(request: Any, danger: Danger, arguments: dict[str, Any]) -> HttpResponse | None:
    """Return None if the request may go on, else the answer that asks for the password.

    Nothing is asked of those whom ``@page`` lets only look. Raises ``NotFound`` for a confirmation
    that is over.
    """
    if request.method == "POST" and FIELD in request.POST:
        return _confirmed(request)
    if request.method not in danger.methods or is_fresh(request.session):
        return None
    if getattr(request, "only_looks", False):
        return None
    address = reverse("confirm", args=[_keep(request, danger, arguments).pk])
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


@sensitive_post_parameters("password")
@methods("GET", "POST")
@page(None)
def confirm(request: PageRequest, action_id: UUID) -> HttpResponse:
    """Ask for the password (GET); take it for an action without a form, or cancel (POST)."""
    action = find_action(action_id=action_id, user=request.user, session=request.session)
    if request.method != "POST":
        return _ask(request, action)
    if "cancel" in request.POST:
        take_action(actor=request.actor, action=action, outcome="cancelled")
        return redirect(action.back)
    if wrong := _prove(request, action):
        return wrong
    if _form_was_lost(action):
        messages.info(request, gettext("Thank you. Please fill in the form now."))
    return redirect(action.path)


def _keep(request: Any, danger: Danger, arguments: dict[str, Any]) -> PendingAction:
    return keep_action(
        actor=actor_of(request),
        user=request.user,
        path=request.get_full_path(),
        body=_body(request, careful=danger.careful),
        what=danger.sentence(request),
        target=danger.target_of(request, arguments),
        back=_came_from(request),
    )


def _confirmed(request: Any) -> HttpResponse | None:
    """Put the stored form in the place of the one with the password, once."""
    action = find_action(
        action_id=_uuid(request.POST[FIELD]), user=request.user, session=request.session
    )
    if not action.kept or action.path != request.get_full_path():
        return redirect("confirm", action.pk)
    if wrong := _prove(request, action):
        return wrong
    request.POST = QueryDict(action.body)
    return None


def _prove(request: Any, action: PendingAction) -> HttpResponse | None:
    """Return None after the right password, else the page that asks once more."""
    request.is_sudo = True  # the audit tells it from a login
    name = request.user.get_username()
    password = request.POST.get("password", "")
    user = authenticate(request, username=name, password=password) if password else None
    if user is None or user.pk != request.user.pk:
        return _ask(request, action, wrong=True)
    forget_failures(request, name)
    take_action(actor=actor_of(request), action=action)
    prove(request.session)
    request.actor = actor_of(request)
    return None


def _ask(request: HttpRequest, action: PendingAction, *, wrong: bool = False) -> HttpResponse:
    context = {
        "action": action,
        "what": fill(gettext(action.what), {"target": action.target}),
        "send_to": action.path if action.kept else reverse("confirm", args=[action.pk]),
        "field": FIELD,
        "wrong": wrong,
    }
    return render(request, "account/confirm.html", context, status=422 if wrong else 200)


def _body(request: HttpRequest, *, careful: bool) -> str | None:
    """Return the form as text; None for none, for files, and for what must not be stored."""
    if request.method != "POST" or request.FILES:
        return None
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    if careful and any(secret in name.casefold() for name in fields for secret in _SECRETS):
        return None
    return fields.urlencode()


def _form_was_lost(action: PendingAction) -> bool:
    return not action.kept and action.back == action.path


def _came_from(request: HttpRequest) -> str:
    """Return the page that the person was on, the overview if that is unknown."""
    sent = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent, {request.get_host()}):
        return reverse("dashboard")
    parts = urlsplit(sent)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
