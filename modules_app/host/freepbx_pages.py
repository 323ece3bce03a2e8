"""Pages of a FreePBX module without ``urls.py``, its AJAX address, and what stands around pages.

A page is a file ``page_<display>.py`` with a function ``show(request)``, or an answer of the
method ``show_page``; ``/m/<id>/<display>/`` is its address (reference F1.3, F9.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import get_language, gettext

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.destinations import Offers
from modules_app.domain.menu_items import display_of, page_of
from modules_app.domain.popovers import Popover, popovers_of
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.values import as_json
from modules_app.host import destinations, overview
from modules_app.host.freepbx import overrides
from modules_app.host.freepbx_hooks import added_fields, init_page, intercept
from modules_app.host.loader import LoadedModule, current_result, import_role
from modules_app.host.middleware import module_failed
from modules_app.models import MenuItem
from modules_app.sdk.context import ModuleFacts, current_module, running_module

GetResponse = Callable[[HttpRequest], Any]
AJAX = "ajax/"
_OURS = ("admin", "tables", "ajax")
_DISPLAY = r"^(?P<display>[A-Za-z][A-Za-z0-9_-]{0,63})/$"
_BY_GET = "GET"


def own_pages(module: RegistryModule, facts: ModuleFacts, freepbx: Any) -> list[URLPattern]:
    """Return the addresses that files and methods of a FreePBX module make."""
    if module.contract != "freepbx":
        return []
    if freepbx is None:
        return [] if module.is_python else [re_path(_DISPLAY, _explanation)]
    patterns = list(_file_pages(module, facts))
    if overrides(type(freepbx), "ajax_request"):
        patterns.append(path(AJAX, ajax, name="ajax"))
    if overrides(type(freepbx), "show_page"):
        patterns.append(path("", _shown, {"display": module.id}))
        patterns.append(re_path(_DISPLAY, _shown))
    return patterns


def _file_pages(module: RegistryModule, facts: ModuleFacts) -> Iterator[URLPattern]:
    for file in sorted(facts.code.glob("page_*.py")):
        display = file.stem.removeprefix("page_")
        found = import_role(module, file.stem)
        show = getattr(found, "show", None)
        if not callable(show):
            raise ModuleError(
                "page-without-show",
                _("{file} has no function show(request)."),
                context={"file": file.name},
            )
        yield path(f"{display}/", show)
        if not page_of(module.id, display):
            yield path("", show)


def _shown(request: HttpRequest, display: str) -> HttpResponseBase:
    answer = _loaded().freepbx.show_page(request, display)
    if answer is None:
        raise Http404
    return answer  # type: ignore[no-any-return]


def _explanation(request: HttpRequest, display: str) -> HttpResponse:
    """Stand for a page in PHP, if a menu item of the module leads to it."""
    module = current_module()
    if not MenuItem.objects.filter(module_id=module.id, href=request.path).exists():
        raise Http404
    return overview.overview(request)


def ajax(request: HttpRequest) -> HttpResponseBase:
    """Answer ``?command=…`` in JSON if the module allows it (reference F3.9 ajaxRequest)."""
    module = _loaded().freepbx
    command = request.GET.get("command") or request.POST.get("command") or ""
    allowed = module.ajax_request(command) if command else False
    if not allowed:
        return _refused(403, gettext("The module does not answer this command."))
    if request.method != "POST" and not (request.method == "GET" and allowed == _BY_GET):
        return _refused(405, gettext("This command is sent with POST."))
    value = module.ajax_handler(command, request)
    if isinstance(value, HttpResponseBase):
        return value
    return JsonResponse(as_json(value), safe=False)


def _refused(status: int, message: str) -> JsonResponse:
    return JsonResponse({"status": False, "message": message}, status=status)


class FreePbxPages:
    """Calls what modules want to do before, inside and after a page of a FreePBX module.

    It stands inside the check of the CSRF token: nobody sees a form that was not checked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let others rewrite the page's HTML."""
        response: HttpResponse = self.get_response(request)
        found = _page(request)
        if found is None or response.status_code != 200 or not _is_html(response):
            return response
        before = response.content.decode(response.charset)
        after = intercept(*found, before)
        if after != before:
            response.content = after.encode(response.charset)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the module and others prepare the page."""
        request.popovers_of = _popovers_of  # type: ignore[attr-defined]
        request.destinations = _offers  # type: ignore[attr-defined]
        found = _page(request)
        if found is None:
            return None
        loaded, page = found
        request.gui_components = lambda: added_fields(  # type: ignore[attr-defined]
            loaded, page, request.POST if request.method == "POST" else None
        )
        request.right_nav = lambda: list(  # type: ignore[attr-defined]
            loaded.freepbx.get_right_nav(request)
        )
        try:
            return init_page(loaded, page, request)
        except Exception as error:  # foreign code
            return module_failed(request, error)


def _popovers_of(module_id: str) -> tuple[Popover, ...]:
    """Return the pages for new destinations of a module that is loaded with its code."""
    loaded = current_result().loaded.get(module_id)
    if loaded is None or loaded.freepbx is None:
        return ()
    return popovers_of(module_id, loaded.module.declared.get("popovers") or ())


def _offers() -> Offers:
    return destinations.offers(get_language() or "en")


def _page(request: HttpRequest) -> tuple[LoadedModule, str] | None:
    """Return whose page a request is for and what it is called, None for anything else."""
    module = running_module()
    loaded = current_result().loaded.get(module.id) if module else None
    if loaded is None or loaded.freepbx is None or request.path.startswith("/api/"):
        return None
    display = display_of(loaded.module.id, request.path.removeprefix(loaded.facts.url))
    return None if display in _OURS else (loaded, display)


def _is_html(response: Any) -> bool:
    kind = response.headers.get("Content-Type", "")
    return not response.streaming and kind.lower().startswith("text/html")


def _loaded() -> LoadedModule:
    return current_result().loaded[current_module().id]
