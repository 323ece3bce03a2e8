"""Before anything of the REST interface runs: who asks, and is it really they?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from modules_app.api.answers import ROOT, error_answer, sealed
from modules_app.domain.api_keys import Scope
from modules_app.exceptions import ModuleError, NotAllowed
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.services.callers import Caller, caller_of, has_key
from modules_app.services.sudo import is_fresh

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def api_gate(get_response: GetResponse) -> GetResponse:
    """Answer 401 to strangers and 403 to forged requests, whatever the address and the method."""

    def middleware(request: Any) -> HttpResponseBase:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        try:
            request.caller = caller_of(request)
            _refuse_forged(request)
        except ModuleError as error:
            return error_answer(error)
        response = get_response(request)
        if response.status_code == 405:
            return _not_allowed(response)
        return sealed(response) if isinstance(response, HttpResponse) else response

    return middleware


def proven(request: Any, scope: Scope) -> Actor:
    """Return the actor for something that this scope allows and that needs a proof of identity.

    Raises ``NotAllowed``, as `Caller.acting_in` and `require_proof` do.
    """
    actor: Actor = request.caller.acting_in(scope)
    require_proof(request, request.caller)
    return actor


def require_proof(request: HttpRequest, caller: Caller) -> None:
    """Raise ``NotAllowed`` for a session whose password was typed too long ago (reference R6.4).

    A stolen cookie alone must not install. A key with the scope is the proof itself: somebody who
    had just typed the password made it for this.
    """
    if not caller.key and not is_fresh(request.session):
        raise NotAllowed(
            "password-needed",
            _("This needs a password that was typed a short while ago."),
            hint=_("Do it on the page, which asks for the password, or use an API key."),
        )


class _Token(CsrfViewMiddleware):
    """Django's check of the token, which tells the reason instead of drawing a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _refuse_forged(request: HttpRequest) -> None:
    if has_key(request):
        return
    if _Token(lambda _request: HttpResponse()).process_view(request, _nothing, (), {}):
        raise NotAllowed(
            "csrf-token-wrong",
            _("The CSRF token is missing or wrong, so the request may be another site's."),
            hint=_("Send the token of the page as X-CSRFToken, or use an API key."),
        )


def _nothing(request: HttpRequest) -> HttpResponse:
    """Stand for a view that is not exempt."""
    return HttpResponse()


class MethodNotAllowed(ModuleError):
    """The address knows other methods."""

    http_status = 405


def _not_allowed(response: HttpResponseBase) -> HttpResponse:
    allowed = ", ".join(sorted(response.headers.get("Allow", "").replace(",", " ").split()))
    error = MethodNotAllowed(
        "method-not-allowed",
        _("This address knows only: {methods}."),
        context={"methods": allowed},
    )
    answer = error_answer(error)
    answer["Allow"] = allowed
    return answer
