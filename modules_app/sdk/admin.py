"""Raw records of a module in Django's admin, at ``/m/<id>/admin/``.

Each module has a site of its own. Who did what is told to the log in the name of the signed
statement: the admin's own log table belongs to the core and is out of reach here.
"""

from __future__ import annotations

import logging
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest

from modules_app.sdk.context import current_module

_log = logging.getLogger("pbx.modules.records")
_registered: dict[str, dict[type[models.Model], type[ModelAdmin]]] = {}


class ModelAdmin(admin.ModelAdmin):
    """A model's page in the admin; use it as Django's own class of that name."""

    view_on_site = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may open the module's pages may read its records."""
        return _may_operate(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may operate modules may add records."""
        return _may_operate(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may operate modules may change records."""
        return _may_operate(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may operate modules may delete records."""
        return _may_operate(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may operate modules sees the models listed."""
        return _may_operate(request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Tell the log who added what."""
        _tell(request, "added", obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Tell the log who changed what."""
        _tell(request, "changed", obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Tell the log who deleted what."""
        for obj in queryset:
            _tell(request, "deleted", obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """There is no history of single records."""
        raise Http404


class PlainModelAdmin(ModelAdmin):
    """For models without a class of their own: every column but long texts, search, filters."""

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Return the names of the columns in the list."""
        fields = self.model._meta.fields
        return [field.name for field in fields if not isinstance(field, models.TextField)]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search in every text."""
        fields = self.model._meta.fields
        texts = (models.CharField, models.TextField)
        return [field.name for field in fields if isinstance(field, texts)]

    def get_list_filter(self, request: HttpRequest) -> list[str]:
        """Filter by what has few values: switches, choices and dates."""
        few = (models.BooleanField, models.DateField)
        fields = self.model._meta.fields
        return [field.name for field in fields if isinstance(field, few) or field.choices]


class ModuleAdminSite(admin.AdminSite):
    """The admin of one module."""

    index_template = "host/admin_index.html"
    enable_nav_sidebar = False

    def __init__(self, title: str, url: str) -> None:
        super().__init__(name="admin")
        self.site_header = self.site_title = self.index_title = title
        self.site_url = url

    def has_permission(self, request: HttpRequest) -> bool:
        """Ask the signed statement."""
        return _may_operate(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Nobody logs in here: people come through the web process or not at all."""
        raise PermissionDenied

    logout = password_change = login

    def check(self, app_configs: Any) -> list[Any]:
        """Leave checks to the installation, which looks at the module alone."""
        return []


def register_admin(
    model: type[models.Model], model_admin: type[ModelAdmin] = PlainModelAdmin
) -> None:
    """Give a model of the module its admin class; call it in the package's ``admin.py``."""
    _registered.setdefault(current_module().id, {})[model] = model_admin


def build_site(config: AppConfig, title: str, url: str) -> ModuleAdminSite:
    """Return the admin site of a module with all its models, after ``admin.py`` was imported."""
    site = ModuleAdminSite(title, url)
    chosen = _registered.pop(current_module().id, {})
    for model in config.get_models():
        site.register(model, chosen.get(model, PlainModelAdmin))
    return site


def _may_operate(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("modules_app.operate_module"))


def _tell(request: HttpRequest, verb: str, obj: Any) -> None:
    label = f"{obj._meta.object_name} {obj.pk}"
    _log.info("%s: %s %s %s", current_module().id, request.user.get_username(), verb, label)
