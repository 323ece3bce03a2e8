"""Raw records in Django's admin. What the engine writes is read-only; actions call the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app import audit
from modules_app.exceptions import ModuleError
from modules_app.models import (
    AuditEvent,
    HookResult,
    KeptData,
    MenuItem,
    Module,
    Operation,
    OperationStep,
    PbxSetting,
    StoredPackage,
    Upload,
)
from modules_app.permissions import Actor
from modules_app.services.lifecycle import disable_module, enable_module
from modules_app.templatetags.module_ui import sentence

admin.site.site_header = _("PBX Admin: raw records")
admin.site.site_title = _("PBX Admin")
admin.site.index_title = _("Raw records")
admin.site.site_url = None  # the pages are linked by name already
admin.site.index_template = "admin/records.html"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records that may be looked at but neither added, changed nor deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False


@admin.register(Module)
class ModuleAdmin(ReadOnlyAdmin):
    """Modules: engine fields are written by the operator; switching goes through the services."""

    list_display = ["id", "version", "contract", "language", "wanted", "fault", "changed_at"]
    list_filter = ["wanted", "fault", "contract", "language"]
    search_fields = ["id", "publisher"]
    actions = ["enable", "disable"]

    @admin.action(description=_("Enable the chosen modules"), permissions=["operate"])
    def enable(self, request: HttpRequest, modules: QuerySet[Module]) -> None:
        """Queue an enable operation for each."""
        self._each(request, modules, enable_module)

    @admin.action(description=_("Disable the chosen modules"), permissions=["operate"])
    def disable(self, request: HttpRequest, modules: QuerySet[Module]) -> None:
        """Queue a disable operation for each."""
        self._each(request, modules, disable_module)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may enable and disable modules."""
        return request.user.has_perm("modules_app.operate_module")

    def _each(
        self, request: HttpRequest, modules: QuerySet[Module], verb: Callable[..., Operation]
    ) -> None:
        actor = Actor.of_user(request.user)
        for module in modules:
            try:
                operation = verb(actor=actor, module_id=module.id)
            except ModuleError as error:
                messages.error(request, sentence(error.as_dict()))
            else:
                said = gettext("Operation %(number)s on %(id)s was queued.")
                messages.success(request, said % {"number": operation.pk, "id": module.id})


@admin.register(MenuItem)
class MenuItemAdmin(ReadOnlyAdmin):
    """Sidebar entries; they are placed on the page of their module."""

    list_display = ["module", "key", "group", "caption", "placed_group", "placed_shown"]
    list_filter = ["group"]


@admin.register(PbxSetting)
class PbxSettingAdmin(admin.ModelAdmin):
    """Stored settings, also those of modules; one that was never changed has no row."""

    list_display = ["key", "value"]
    search_fields = ["key"]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Store the value and write the audit event with it."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self._audit(request, obj)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Forget the value, so that the default counts, and write the audit event with it."""
        with transaction.atomic():
            self._audit(request, obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Forget several values, each with its audit event."""
        with transaction.atomic():
            for obj in queryset:
                self._audit(request, obj)
            super().delete_queryset(request, queryset)

    def _audit(self, request: HttpRequest, obj: Model) -> None:
        audit.record(
            actor=Actor.of_user(request.user),
            action="settings-change",
            target=str(obj.pk),
            outcome="done",
            detail={"keys": [obj.pk]},
        )


class StepInline(admin.TabularInline):
    """The stages of an operation."""

    model = OperationStep
    fields = ["position", "stage", "outcome", "detail", "started_at", "ended_at"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps are written by the operator."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps are written by the operator."""
        return False


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    """Recorded runs with their steps."""

    list_display = ["id", "verb", "module_id", "outcome", "actor", "channel", "queued_at"]
    list_filter = ["outcome", "verb", "channel"]
    search_fields = ["module_id", "actor"]
    inlines = [StepInline]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, from where, and how it ended."""

    list_display = ["at", "actor", "channel", "action", "target", "outcome", "operation"]
    list_filter = ["action", "outcome", "channel"]
    search_fields = ["target", "actor"]
    list_select_related = ["operation"]


@admin.register(HookResult)
class HookResultAdmin(ReadOnlyAdmin):
    """How the hooks of modules ran."""

    list_display = ["module_id", "hook", "ok", "at", "seconds", "failed_at", "error"]
    list_filter = ["ok", "hook"]
    search_fields = ["module_id", "hook"]


@admin.register(KeptData)
class KeptDataAdmin(ReadOnlyAdmin):
    """Data of removed modules."""

    list_display = ["module_id", "version", "size_bytes", "kept_at"]


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """Packages that wait for a decision."""

    list_display = ["filename", "module_id", "size_bytes", "actor", "uploaded_at"]


@admin.register(StoredPackage)
class StoredPackageAdmin(ReadOnlyAdmin):
    """Packages kept for repair and rollback."""

    list_display = ["module_id", "version", "filename", "size_bytes", "stored_at"]
