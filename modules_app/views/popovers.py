"""A module's page for a new destination, opened from another form (reference F1.3, popovers).

With scripts it stands in a dialog above that form; without them it is a page that leads back.
"""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote, unquote, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from modules_app.domain.destinations import Destination
from modules_app.domain.popovers import MARK, Popover
from modules_app.exceptions import NotFound
from modules_app.selectors.popovers import find_popover
from modules_app.services.destinations import list_of_module
from modules_app.views.context import is_for_dialog
from modules_app.views.errors import answer
from modules_app.views.proxy import Way, is_clean, open_page

_AWAY = (301, 302, 303, 307, 308)


# The token is checked by the host, as for every page of a module.
@csrf_exempt
@login_required
def popover(request: HttpRequest, module_id: str, key: str) -> HttpResponseBase:
    """Show the page with its arguments; once the module leads on, go back to ``?next=``.

    A dialog gets JSON instead of the way back: "destinations", all that the module has now, and
    "made", the values that were not there before. ``?at=`` is another address of the module to
    which a form of the page is sent.
    """
    try:
        found = find_popover(module_id, key)
        page, path = _place(found, request.GET.get("at", ""))
    except NotFound:
        return answer(request, 404)
    sends = request.method == "POST"
    in_dialog = sends and is_for_dialog(request)
    before = _offered(found) if in_dialog else None
    response = open_page(request, found.module_id, page, Way(path=path))
    if not sends or not _leads_on(response):
        return response
    response.close()
    return _made(before, _offered(found)) if in_dialog else _back(request, response)


def _back(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Lead to the form that asked for it, else where the module leads."""
    back = request.GET.get("next", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back)
    return response


def _place(found: Popover, at: str) -> tuple[str, str]:
    """Return the address below the module's own, and what the host is asked for.

    Raises ``NotFound`` for an address that is not the module's.
    """
    if not at:
        return found.page, found.path
    own, parts = f"/m/{found.module_id}/", urlsplit(at)
    plain = unquote(parts.path)
    if parts.scheme or parts.netloc or not plain.startswith(own) or not is_clean(plain):
        raise NotFound("popover-not-found", "{at}", context={"at": at[:60]})
    marked = f"{MARK}=" in parts.query
    query = parts.query if marked else "&".join(filter(None, (parts.query, f"{MARK}=1")))
    return plain.removeprefix(own), f"{quote(plain)}?{quote(query, safe='=&%+')}"


def _leads_on(response: HttpResponseBase) -> bool:
    return response.status_code in _AWAY or "HX-Redirect" in response.headers


def _offered(found: Popover) -> tuple[Destination, ...] | None:
    return list_of_module(found.module_id, language=get_language() or "en")


def _made(
    before: tuple[Destination, ...] | None, after: tuple[Destination, ...] | None
) -> JsonResponse:
    """Tell the dialog what is there now; nothing counts as new if it is not known what was."""
    known = {one.value for one in before or ()}
    fresh = [one.value for one in after or () if before is not None and one.value not in known]
    response = JsonResponse({"destinations": [asdict(one) for one in after or ()], "made": fresh})
    response["Cache-Control"] = "no-store"
    return response
