"""REST of one module: which part of it answers a request, and what goes around that (M11.4)."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.rest import Description, Resource, Route, routes_of_resource
from modules_app.exceptions import ModuleError, fill
from modules_app.host.adapters.rest import named_routes
from modules_app.host.databases import is_passing
from modules_app.host.hook_runs import run_hook
from modules_app.host.loader import import_role
from modules_app.host.page_hooks import has_hook
from modules_app.host.rest_input import body_of, callback_request
from modules_app.host.rest_replies import refused, reply
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.rest import RestError, RestResource

HOOK = "get_pbxcore_rest_additional_routes"
BEFORE = "on_before_execute_rest_api_route"
AFTER = "on_after_execute_rest_api_route"
CALLBACK = "callback"

_log = logging.getLogger("pbx.host")
Call = Callable[[HttpRequest, Mapping[str, str]], Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers one route, and its name in the envelope."""

    route: Route
    call: Call
    processor: str


@dataclass(eq=False)  # a view: Django keeps it as a key
class ModuleRest:
    """The view of everything below ``/api/m/<id>/``."""

    facts: ModuleFacts
    conf: ConfigClass
    handlers: list[Handler] = field(default_factory=list)

    def __call__(self, request: HttpRequest, rest: str = "") -> HttpResponseBase:
        """Answer one request; whatever the module does becomes an answer in the envelope."""
        try:
            answer = self._before(request) or self._answer(request, rest.strip("/"))
        except (Exception, SystemExit) as error:  # foreign code
            answer = self._failed(request, error)
        return self._after(request, answer)

    @property
    def description(self) -> Description:
        """Return all routes in the order in which they are tried."""
        return Description(tuple(handler.route for handler in self.handlers))

    def _answer(self, request: HttpRequest, rest: str) -> HttpResponseBase:
        start, _slash, action = rest.partition("/")
        if start == CALLBACK and action and "/" not in action and request.user.is_authenticated:
            found = self.conf.module_rest_api_callback(
                callback_request(request, self.facts.id, action)
            )
            return reply(request, found, function=action, processor=self.facts.id, whole=True)
        known = self.description
        route = known.find(str(request.method), rest)
        if route is None:
            return self._unknown(known.methods_at(rest))
        if not request.user.is_authenticated and not route.public:
            raise RestError(401, _("This needs a login or an API key."))
        handler = next(one for one in self.handlers if one.route is route)
        found = handler.call(request, route.match(rest) or {})
        return reply(request, found, function=route.action, processor=handler.processor)

    def _unknown(self, methods: tuple[str, ...]) -> HttpResponseBase:
        if not methods:
            raise RestError(404, _("There is nothing at this address."))
        allowed = ", ".join(sorted(methods))
        answer = refused(405, [_("This address knows only: %(methods)s.") % {"methods": allowed}])
        answer["Allow"] = allowed
        return answer

    def _before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Ask the hook once; False refuses, a response of its own ends the request."""
        if not has_hook(self.conf, BEFORE):
            return None
        self.conf.messages.clear()
        found = run_hook(
            self.facts.id,
            BEFORE,
            lambda: self.conf.on_before_execute_rest_api_route(request),
            answers=_DELIBERATE,
        )
        if found is False:
            said = [str(one) for one in self.conf.messages]
            return refused(403, said or [_("The module refused the request.")])
        return found if isinstance(found, HttpResponseBase) else None

    def _after(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        """Tell the hook once, also of answers that are errors; its own response counts instead."""
        if not has_hook(self.conf, AFTER):
            return answer
        try:
            found = run_hook(
                self.facts.id,
                AFTER,
                lambda: self.conf.on_after_execute_rest_api_route(request, answer),
                answers=_DELIBERATE,
            )
        except (Exception, SystemExit) as error:  # foreign code
            return self._failed(request, error)
        return found if isinstance(found, HttpResponseBase) else answer

    def _failed(self, request: HttpRequest, error: BaseException) -> HttpResponseBase:
        """Return the answer to a request that ended with an exception."""
        if isinstance(error, RestError):
            return refused(error.status, error.messages, data=error.data)
        if isinstance(error, ModuleError):
            return refused(error.http_status, [fill(_(error.message), error.context)])
        for kind, status, sentence in _KNOWN:
            if isinstance(error, kind):
                return refused(status, [_(sentence)])
        _log.error("module %s failed at %s", self.facts.id, request.path, exc_info=error)
        if is_passing(error):
            answer = refused(503, [_("The module's data is in use right now. Try again.")])
            answer["Retry-After"] = "2"
            return answer
        return refused(500, [_("The module failed while it answered.")])


_KNOWN: tuple[tuple[type[BaseException], int, str], ...] = (
    (Http404, 404, "There is nothing at this address."),
    (PermissionDenied, 403, "This is not allowed."),
    (RequestDataTooBig, 413, "That is more than may be sent here."),
    (SuspiciousOperation, 400, "The request cannot be understood."),
    (BadRequest, 400, "The request cannot be understood."),
)

_DELIBERATE = (RestError, ModuleError, *(kind for kind, _status, _sentence in _KNOWN))
"""What code raises to refuse a request."""


def build_rest(module: RegistryModule, facts: ModuleFacts, conf: Any) -> ModuleRest:
    """Return what answers below ``/api/m/<id>/``; raises what the module's code raises."""
    own = conf if conf is not None else ConfigClass(facts)
    handlers = [one for kind in resources_of(module) for one in _of_resource(kind)]
    if has_hook(conf, HOOK):
        handlers += _named(facts, conf.get_pbxcore_rest_additional_routes())
    return ModuleRest(facts, own, handlers)


def resources_of(module: RegistryModule) -> list[type[RestResource]]:
    """Return the resources that ``rest.py`` defines or takes from the module's other files."""
    file = import_role(module, "rest")
    if file is None:
        return []
    return [kind for kind in _classes(file) if kind.__module__.startswith(module.import_name)]


def _classes(file: ModuleType) -> list[type[RestResource]]:
    found = [
        value
        for value in vars(file).values()
        if isinstance(value, type) and issubclass(value, RestResource)
    ]
    return [kind for kind in found if kind.methods or kind.customs]


def resource_facts(kind: type[RestResource]) -> Resource:
    """Return a resource as web knows it."""
    said = kind.describe()
    routes = routes_of_resource(
        kind.path, methods=kind.methods, custom=said["custom"], public=kind.public
    )
    return Resource(kind.path, kind.__name__, routes=routes)


def _of_resource(kind: type[RestResource]) -> list[Handler]:
    def call_for(route: Route) -> Call:
        def call(request: HttpRequest, parts: Mapping[str, str]) -> Any:
            looks = request.method in ("GET", "HEAD", "DELETE")
            sent = request.GET.dict() if looks else body_of(request)
            return kind(request).run(route.action, parts, sent)

        return call

    return [Handler(route, call_for(route), kind.__name__) for route in resource_facts(kind).routes]


def _named(facts: ModuleFacts, value: Any) -> list[Handler]:
    handlers = []
    for one in named_routes(facts, value):
        processor = one.view.__name__ if inspect.isclass(one.view) else facts.id
        handlers.append(Handler(one.route, _call_for(one.view, one.action), processor))
    return handlers


def _call_for(view: Any, action: str) -> Call:
    """Return how a view of the second generation is called; classes are made for each request."""

    def call(request: HttpRequest, parts: Mapping[str, str]) -> Any:
        if inspect.isclass(view):
            return getattr(view(request), action)(**parts)
        return view(request, **parts)

    return call
