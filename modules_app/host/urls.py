"""Addresses of the host: its health, and below ``/m/<id>/`` one URL configuration per module."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from modules_app.bridge.registry import RegistryModule
from modules_app.host import overview
from modules_app.host.freepbx_pages import own_pages
from modules_app.host.health import health
from modules_app.host.hooks import hook
from modules_app.host.loader import import_role
from modules_app.host.page_hooks import add_routes
from modules_app.host.rest import build_rest
from modules_app.sdk.admin import build_site
from modules_app.sdk.context import ModuleFacts


def _no_such_page(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise Http404


urlpatterns = [
    path("_host/health", health),
    path("_hooks/<str:name>", hook),
    re_path(r"^(?P<rest>.*)$", _no_such_page),
]
handler400 = "modules_app.views.errors.bad_request"
handler403 = "modules_app.views.errors.permission_denied"
handler404 = "modules_app.views.errors.not_found"
handler500 = "modules_app.views.errors.server_error"


class ModuleUrls:
    """The URL configuration of one module, as `request.urlconf` takes it.

    A module therefore sees only its own names, and two modules may use the same.
    """

    handler400 = handler400
    handler403 = handler403
    handler404 = handler404
    handler500 = handler500

    def __init__(self, urlpatterns: list[Any]) -> None:
        self.urlpatterns = urlpatterns


def build_urls(
    module: RegistryModule,
    facts: ModuleFacts,
    config: AppConfig | None,
    conf: Any = None,
    freepbx: Any = None,
) -> ModuleUrls:
    """Return the addresses of a module: its own, then our overview, table pages and its admin.

    ``conf`` is the object that has its hooks, ``freepbx`` that of a FreePBX module.
    """
    patterns: list[Any] = []
    own = import_role(module, "urls") if config is not None else None
    if own is not None:
        name = getattr(own, "app_name", None)
        patterns.append(path("", include((own.urlpatterns, name) if name else own.urlpatterns)))
    add_routes(conf, patterns)
    if config is not None:
        site = build_site(config, facts.title("en"), facts.url)
        patterns.append(path("admin/", site.urls))
    patterns += own_pages(module, facts, freepbx)
    patterns += [
        path("", overview.overview, name="module-overview"),
        path("tables/<str:table>/", overview.table_page, name="module-table"),
    ]
    own_addresses = [path(f"m/{module.id}/", include(patterns))]
    if config is not None:
        own_addresses.append(
            path(f"api/m/{module.id}/<path:rest>", build_rest(module, facts, conf), name="rest")
        )
    return ModuleUrls(own_addresses)
