"""The hooks around a module's own pages: its addresses, and before and after each request.

Pages of PBX Admin call none of them: a module that hangs would hold up every page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from modules_app.host.hook_runs import run_hook
from modules_app.host.loader import LoadedModule, current_result
from modules_app.host.middleware import module_failed
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import running_module

GetResponse = Callable[[HttpRequest], HttpResponse]

ROUTES = "on_after_routes_prepared"
BEFORE = "on_before_execute_route"
AFTER = "on_after_execute_route"


def add_routes(conf: Any, routes: list[Any]) -> list[Any]:
    """Return the addresses of a module after it had a chance to add some."""
    if has_hook(conf, ROUTES):
        conf.on_after_routes_prepared(routes)
    return routes


def has_hook(conf: Any, hook: str) -> bool:
    """Tell whether the object overrides the method of the base class."""
    return conf is not None and getattr(type(conf), hook) is not getattr(ConfigClass, hook)


class PageHooks:
    """Calls the two hooks of the module whose page it is, once each (reference M6.5).

    It stands inside the check of the CSRF token: no hook sees a form that was not checked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the module look at the answer, and put its own in its place."""
        response = self.get_response(request)
        conf = _conf(request)
        if not has_hook(conf, AFTER):
            return response
        try:
            other = _run(AFTER, lambda: conf.on_after_execute_route(request, response))
        except Exception as error:  # foreign code
            return module_failed(request, error)
        return other if isinstance(other, HttpResponse) else response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the module look at the request; a response of its own ends it."""
        conf = _conf(request)
        if not has_hook(conf, BEFORE):
            return None
        try:
            answer = _run(BEFORE, lambda: conf.on_before_execute_route(request))
        except Exception as error:  # foreign code
            return module_failed(request, error)
        return answer if isinstance(answer, HttpResponse) else None


def _run(hook: str, call: Callable[[], Any]) -> Any:
    module = running_module()
    return run_hook(module.id, hook, call, answers=(Http404, PermissionDenied)) if module else None


def _conf(request: HttpRequest) -> Any:
    if request.path.startswith("/api/"):  # REST has hooks of its own
        return None
    module = running_module()
    loaded: LoadedModule | None = current_result().loaded.get(module.id) if module else None
    return loaded.conf if loaded is not None else None
