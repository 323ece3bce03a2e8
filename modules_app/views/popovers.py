"""A module's page for a new destination, opened from another module's form (F1.3, popovers)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from modules_app.exceptions import NotFound
from modules_app.selectors.popovers import find_popover
from modules_app.views.errors import answer
from modules_app.views.proxy import Way, open_page

_AWAY = (301, 302, 303, 307, 308)


# The token is checked by the host, as for every page of a module.
@csrf_exempt
@login_required
def popover(request: HttpRequest, module_id: str, key: str) -> HttpResponseBase:
    """Show the page with its arguments; once the module leads on, go back to ``?next=``."""
    try:
        found = find_popover(module_id, key)
    except NotFound:
        return answer(request, 404)
    response = open_page(request, found.module_id, found.page, Way(path=found.path))
    back = request.GET.get("next", "")
    is_inside = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    if request.method == "POST" and response.status_code in _AWAY and is_inside:
        response.close()
        return HttpResponseRedirect(back)
    return response
