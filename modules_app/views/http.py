"""The one place where requests become typed and errors of services become pages."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from modules_app import audit
from modules_app.domain.states import Verb
from modules_app.exceptions import Busy, ModuleError, NotAllowed
from modules_app.permissions import Actor, Right, require
from modules_app.services.signing_in import actor_of
from modules_app.views.errors import error_page
from modules_app.views.wishes import plan_address

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request of a signed-in person: who acts, and whether htmx asks for a fragment.

    ``only_looks``: the person may see what the page shows, but not change it. `page` sets both.
    """

    actor: Actor
    only_looks: bool
    htmx: HtmxDetails


PageView = Callable[Concatenate[PageRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


TOGETHER = {
    "module-enable": Verb.ENABLE,
    "module-disable": Verb.DISABLE,
    "module-remove": Verb.REMOVE,
}
"""Addresses whose verb can be planned together with the modules that hinder it."""


def page(
    right: Right | None = Right.VIEW, *, looking: Right | None = None
) -> Callable[[PageView[P]], View[P]]:
    """Make a view of a page: asks for ``right``, to see it ``looking`` is enough; shows errors."""

    def decorate(view: PageView[P]) -> View[P]:
        @functools.wraps(view)
        def wrapped(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request.actor = actor_of(request)
            try:
                _let_in(request, right, looking)
                return view(request, *args, **kwargs)
            except ModuleError as error:
                _record_attempt(request, error, kwargs)
                return refusal(request, error)

        return wrapped

    return decorate


def _let_in(request: PageRequest, right: Right | None, looking: Right | None) -> None:
    """Ask for the right that the request needs. Raises ``NotAllowed``."""
    reads = looking is not None and request.method in ("GET", "HEAD")
    request.only_looks = reads and right not in request.actor.rights
    needed = looking if request.only_looks else right
    if needed is not None:
        require(request.actor, needed)


def methods(*allowed: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let only these methods reach a view; others get the page 405. GET lets HEAD in as well."""
    known = {*allowed, "HEAD"} if "GET" in allowed else set(allowed)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in known:
                return view(request, *args, **kwargs)
            response = error_page(405)
            response["Allow"] = ", ".join(sorted(known))
            return response

        return wrapped

    return decorate


def refusal(request: PageRequest, error: ModuleError) -> HttpResponse:
    """Show an error of a service: a page of its own, or for htmx the box that holds problems."""
    context = {
        "error": error.as_dict(),
        "status": error.http_status,
        "busy_operation": error.context.get("operation") if isinstance(error, Busy) else None,
        "back": _came_from(request),
        "together": _together(request, error),
    }
    template = "errors/refusal.html"
    if request.htmx:
        response = render(request, f"{template}#box", context, status=error.http_status)
        response["HX-Retarget"] = "#problem"
        response["HX-Reswap"] = "innerHTML"
        return response
    return render(request, template, context, status=error.http_status)


def full_or_part(
    request: PageRequest, template: str, part: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the page, or only its named part when htmx asks for a fragment."""
    fragment = request.htmx and not request.htmx.history_restore_request
    name = f"{template}#{part}" if fragment else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _record_attempt(request: PageRequest, error: ModuleError, arguments: Mapping[str, Any]) -> None:
    """Write down who tried what; looking at a page that is not there is no attempt."""
    if request.method == "POST" or isinstance(error, NotAllowed):
        name = request.resolver_match.url_name if request.resolver_match else ""
        target = str(next(iter(arguments.values()), ""))
        audit.record_refusal(actor=request.actor, action=f"page-{name}", target=target, error=error)


def request_key(request: HttpRequest, verb: str, target: str) -> str | None:
    """Return the key of this very action; one form may serve several modules and verbs."""
    sent = request.POST.get("request_key", "")
    if not sent:
        return None
    return hashlib.sha256(f"{sent[:64]}:{verb}:{target}".encode()).hexdigest()


def _together(request: HttpRequest, error: ModuleError) -> str:
    """Return the address of a plan with the others, where they are all that stands against it."""
    verb = TOGETHER.get(request.resolver_match.url_name if request.resolver_match else None)
    if verb is None or error.slug not in ("requirement-not-enabled", "dependents-enabled"):
        return ""
    return plan_address(verb, ids=[str(error.context.get("id", ""))])


def _came_from(request: HttpRequest) -> str:
    """Return the page above: a module's for its verbs, the list for a module or an operation."""
    path = request.path_info
    has_parent = path.startswith(("/modules/", "/operations/"))
    return path.rsplit("/", 2)[0] + "/" if has_parent else "/"
