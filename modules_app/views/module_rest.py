"""REST of modules: who may send what to ``/api/m/<id>/…``, and the seeds' own address for it.

A request with an API key needs the scope ``modules:<id>``. Without a key it goes, in this order, to
a public route, where nobody is known, or to the module in the name of the logged-in person.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from modules_app.bridge.statement import BY_KEY, PUBLIC
from modules_app.domain.api_keys import module_scope
from modules_app.exceptions import ModuleError, fill
from modules_app.permissions import Actor, Right
from modules_app.proxy.outgoing import METHODS
from modules_app.selectors.rest import description_of, has_public_routes
from modules_app.selectors.rights import Access, access_to
from modules_app.services.callers import (
    Caller,
    NotSignedIn,
    Program,
    TooMany,
    caller_of,
    count_for_a_minute,
    has_key,
    refuse_key_in_address,
    slow_down,
)
from modules_app.services.signing_in import address_of
from modules_app.views.errors import answer
from modules_app.views.proxy import Way, find_target, is_clean, send_on

_PAGES = frozenset({Right.VIEW, Right.OPERATE})


# The token of a logged-in person is checked by the host, as for pages; a key needs none.
@csrf_exempt
@login_not_required
def module_rest(request: HttpRequest, module_id: str, rest: str) -> HttpResponseBase:
    """Pass a request on to the REST of a module."""
    return _guarded(request, module_id, rest, "")


@csrf_exempt
@login_not_required
def seeds_address(request: HttpRequest, module_id: str, rest: str) -> HttpResponseBase:
    """Take the seeds' address ``/pbxcore/api/modules/<ID>/<action>`` (reference M11.4, v1).

    What is no route that the module named goes to its callback.
    """
    known = description_of(module_id).methods_at(rest)
    inner = rest.strip("/") if known else f"callback/{rest.strip('/')}"
    return _guarded(request, module_id, inner, f"/api/m/{module_id}/{quote(inner)}")


def _guarded(request: HttpRequest, module_id: str, rest: str, path: str) -> HttpResponseBase:
    try:
        return _passed(request, module_id, rest, path)
    except ModuleError as error:
        return _refusal(error)


def _passed(request: HttpRequest, module_id: str, rest: str, path: str) -> HttpResponseBase:
    refuse_key_in_address(request)
    if request.method not in METHODS:
        return answer(request, 405)
    if path and request.META.get("QUERY_STRING"):
        path = f"{path}?{request.META['QUERY_STRING']}"
    if has_key(request):
        return _by_key(request, caller_of(request), module_id, rest, path)
    if is_public(module_id, str(request.method), rest):
        return _of_nobody(request, module_id, path)
    caller = caller_of(request)
    target = find_target(module_id)
    if target is None or not is_clean(request.path_info):
        return answer(request, 404)
    actor = Actor.of_user(request.user)
    access = access_to(request.user, actor, target.id, f"api/{rest}")
    return send_on(request, target, caller.actor, access, Way(path=path))


def is_public(module_id: str, method: str, rest: str) -> bool:
    """Tell whether a route is open to strangers: the module says so, and an administrator did."""
    route = description_of(module_id).find(method, rest)
    return route is not None and route.public and has_public_routes(module_id)


def _by_key(
    request: HttpRequest, caller: Caller, module_id: str, rest: str, path: str
) -> HttpResponseBase:
    caller.acting_in(module_scope(module_id))
    target = find_target(module_id)
    if target is None or not is_clean(request.path_info):
        return answer(request, 404)
    rights = _PAGES if caller.user is None else Actor.of_user(caller.user).rights & _PAGES
    actor = Actor(caller.actor.name, caller.actor.channel, rights, caller.actor.address)
    program = Program(actor.name, caller.user)
    request.user = program  # type: ignore[assignment]
    access = access_to(program, actor, target.id, f"api/{rest}")
    return send_on(request, target, actor, access, Way(BY_KEY, path))


def _of_nobody(request: HttpRequest, module_id: str, path: str) -> HttpResponseBase:
    """Send a request to a public route; whose browser it came from does not matter there."""
    address = address_of(request)
    limit = int(settings.PBX_API_PER_MINUTE["public"])
    if not count_for_a_minute(f"public {module_id} {address}", limit):
        raise slow_down(60)
    target = find_target(module_id)
    if target is None or not is_clean(request.path_info):
        return answer(request, 404)
    nobody = Program()
    request.user = nobody  # type: ignore[assignment]
    actor = Actor("", "api", frozenset(), address)
    access = Access(may=True, covered=True)
    return send_on(request, target, actor, access, Way(PUBLIC, path))


def _refusal(error: ModuleError) -> JsonResponse:
    said = {
        "slug": error.slug,
        "message": fill(gettext(error.message), error.context),
        "hint": fill(gettext(error.hint), error.context) if error.hint else "",
        "context": error.context,
    }
    response = JsonResponse({"error": said}, status=error.http_status)
    response["Cache-Control"] = "no-store"
    if isinstance(error, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.context.get("seconds", 60))
    return response
