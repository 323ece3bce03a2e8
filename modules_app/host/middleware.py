"""What stands around every request to a module: who asks, whose code runs, and what if it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from modules_app.bridge.statement import BY_KEY, META_KEY, PUBLIC, STRANGER, BadStatement, read
from modules_app.host.databases import is_passing
from modules_app.host.errors import module_problem
from modules_app.host.loader import (
    LoadFailure,
    LoadResult,
    current_result,
    describe,
    load_safely,
)
from modules_app.host.marker import Doing, marked
from modules_app.host.texts import texts_of
from modules_app.host.user import StatementUser
from modules_app.sdk.context import ModuleFacts, running, running_module

GetResponse = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger("pbx.host")
_PRIVATE = ("/_host/", "/_hooks/")
_LOOKING = ("GET", "HEAD", "OPTIONS")
_OPERATE = "modules_app.operate_module"
_DJANGO_ANSWERS = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)


def signed_statement(get_response: GetResponse) -> GetResponse:
    """Build ``request.user`` and the language from the statement; without a valid one answer 403.

    Only paths below ``/_host/`` and ``/_hooks/`` need none: nobody but this installation reaches
    the socket.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_PRIVATE):
            return get_response(request)
        try:
            statement = read(request.META.get(META_KEY, ""), settings.PBX_STATEMENT_KEY)
        except BadStatement as error:
            _log.warning("refused %s: %s", request.path, error)
            return HttpResponse(status=403)
        if statement["module_id"] != _module_id(request.path):
            return HttpResponse(status=403)
        request.statement = statement  # type: ignore[attr-defined]
        request.META["REMOTE_ADDR"] = str(statement.get("address", ""))
        request.user = _person(statement)  # type: ignore[assignment]
        channel = statement.get("channel")
        if channel and not _fits(channel, request):
            return HttpResponse(status=403)
        if channel in (BY_KEY, PUBLIC):
            request.csrf_processing_done = True  # type: ignore[attr-defined]
        with translation.override(statement.get("language") or settings.LANGUAGE_CODE):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response

    return middleware


def _fits(channel: str, request: HttpRequest) -> bool:
    """Tell whether a request may come this way; web has judged that already, so this never says no.

    Programs reach REST alone; a stranger looks at a page, and web decided at which.
    """
    if channel == STRANGER:
        return request.path.startswith("/m/") and request.method in _LOOKING
    return channel in (BY_KEY, PUBLIC) and request.path.startswith("/api/")


def _person(statement: Mapping[str, Any]) -> StatementUser | AnonymousUser:
    """Return who asks; nobody at public routes, and nobody's browser can forge a key's request."""
    nobody = statement.get("channel") in (PUBLIC, STRANGER)
    return AnonymousUser() if nobody else StatementUser(statement)


def module_of_path(get_response: GetResponse) -> GetResponse:
    """Choose the module by the path: its URL configuration, its templates, its texts.

    A module that is not loaded answers 404, one that failed to load 503 with the reason. Whoever
    may only look at modules sends no forms to them: that takes the right to operate, or the right
    that the module itself named for the page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_PRIVATE):
            return get_response(request)
        if request.method not in _LOOKING and not _may_send(request):
            raise PermissionDenied
        result = current_result()
        module_id = _module_id(request.path)
        if module_id in result.failed:
            _try_again(module_id, result)
        if module_id in result.failed:
            return _not_loaded(request, module_id, result.failed[module_id])
        loaded = result.loaded.get(module_id)
        if loaded is None:
            return get_response(request)
        request.urlconf = loaded.urls  # type: ignore[attr-defined]
        with marked(module_id), running(loaded.facts), texts_of(loaded.facts.code):
            response = get_response(request)
        return _keep_running(response, loaded.facts)

    return middleware


class ModuleBoundary:
    """Turns whatever a module's page raises into a page that names the module."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Also catch what Django lets through: a page that calls ``sys.exit``."""
        try:
            return self.get_response(request)
        except SystemExit as error:
            return module_failed(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 500; what Django has its own answer for (404, 403, 400) goes on."""
        if isinstance(error, _DJANGO_ANSWERS) or running_module() is None:
            return None
        return module_failed(request, error)


def module_failed(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer with a page that names the running module, whose code raised ``error``."""
    module = running_module()
    name = module.id if module else ""
    passing = is_passing(error)
    _log.error("module %s failed at %s", name, request.path, exc_info=error)
    response = module_problem(
        request,
        module_id=name,
        heading=module.title(translation.get_language() or "en") if module else "",
        sentence=_sentence(passing=passing),
        details=describe(error).traceback,
        status=503 if passing else 500,
    )
    if passing:
        response["Retry-After"] = "2"
    return response


def _sentence(*, passing: bool) -> str:
    if passing:
        return _("The module's data is in use right now. Try again in a few seconds.")
    return _("The module failed while it made this page.")


def _try_again(module_id: str, result: LoadResult) -> None:
    """Load a module now whose database was locked when this process started."""
    failure = result.failed[module_id]
    if failure.passing and failure.module is not None:
        with marked(module_id, Doing.IMPORT):
            load_safely(failure.module, result)


def _may_send(request: HttpRequest) -> bool:
    """Tell whether forms may be sent: with the right to operate, or with that of this very page."""
    covered = bool(request.statement.get("covered"))  # type: ignore[attr-defined]
    return covered or request.user.has_perm(_OPERATE)


def _module_id(path: str) -> str:
    parts = path.removeprefix("/api").split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "m" else ""


def _not_loaded(request: HttpRequest, module_id: str, failure: LoadFailure) -> HttpResponse:
    return module_problem(
        request,
        module_id=module_id,
        heading=module_id,
        sentence=_("The module is enabled but could not be loaded: %(error)s")
        % {"error": failure.error},
        details=failure.traceback,
        status=503,
    )


def _keep_running(response: Any, facts: ModuleFacts) -> Any:
    """Let the parts of a streamed answer run as the module, too."""
    if not getattr(response, "streaming", False) or response.is_async:
        return response
    parts = iter(response.streaming_content)

    def stream() -> Any:
        while True:
            with marked(facts.id), running(facts):
                part = next(parts, None)
            if part is None:
                return
            yield part

    response.streaming_content = stream()
    return response
