"""Raw records in Django's admin. What the engine writes is read-only; actions call the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app import audit
from modules_app.exceptions import ModuleError
from modules_app.models import (
    AuditEvent,
    CustomFile,
    FirewallRule,
    HookResult,
    KeptData,
    MenuItem,
    Module,
    ModuleAccount,
    ModuleGrant,
    NetworkFilter,
    Operation,
    OperationStep,
    PbxSetting,
    StoredPackage,
    Upload,
)
from modules_app.services.lifecycle import disable_module, enable_module
from modules_app.services.signing_in import actor_of
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
        actor = actor_of(request)
        for module in modules:
            try:
                operation = verb(actor=actor, module_id=module.id)
            except ModuleError as error:
                messages.error(request, sentence(error.as_dict()))
            else:
                said = gettext("Operation %(number)s on %(id)s was queued.")
                messages.success(request, said % {"number": operation.pk, "id": module.id})


@admin.register(NetworkFilter)
class NetworkFilterAdmin(ReadOnlyAdmin):
    """Networks of the firewall; the page changes them, as it watches that nobody is shut out."""

    list_display = ["title", "permit", "deny", "priority", "is_local", "never_block"]


@admin.register(FirewallRule)
class FirewallRuleAdmin(ReadOnlyAdmin):
    """What was decided about rules, also those of modules that are disabled or removed."""

    list_display = ["network", "module_id", "category", "description", "action"]
    list_filter = ["network", "category", "action"]


@admin.register(CustomFile)
class CustomFileAdmin(ReadOnlyAdmin):
    """Own parts of generated files; the page of the file changes them and says what it tests."""

    list_display = ["path", "mode", "changed_by", "changed_at"]
    list_filter = ["mode"]
    search_fields = ["path"]


@admin.register(MenuItem)
class MenuItemAdmin(ReadOnlyAdmin):
    """Sidebar entries; they are placed on the page of their module."""

    list_display = ["module", "key", "group", "caption", "placed_group", "placed_shown"]
    list_filter = ["group"]


@admin.register(ModuleGrant)
class ModuleGrantAdmin(ReadOnlyAdmin):
    """What modules were granted; decided on the page of the module."""

    list_display = ["module", "right", "granted_by", "granted_at"]
    list_filter = ["right"]


@admin.register(ModuleAccount)
class ModuleAccountAdmin(ReadOnlyAdmin):
    """People whom modules sign in."""

    list_display = ["login", "module_id", "signed_in_at"]
    search_fields = ["login", "module_id"]


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
            actor=actor_of(request),
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

    list_display = ["at", "actor", "channel", "address", "action", "target", "outcome", "reason"]
    list_filter = ["action", "outcome", "channel"]
    search_fields = ["target", "actor", "address", "session"]
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


class Audited(admin.ModelAdmin):
    """Writes an event of ours beside each line of Django's own log, in the same transaction."""

    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change a record and write the event, or neither."""
        with transaction.atomic():
            return super().changeform_view(*args, **kwargs)

    def delete_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete a record and write the event, or neither."""
        with transaction.atomic():
            return super().delete_view(*args, **kwargs)

    def response_action(self, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Delete several records and write the events, or neither."""
        with transaction.atomic():
            response: HttpResponse | None = super().response_action(*args, **kwargs)
            return response

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Note that a record was added."""
        self._audit(request, obj, "add", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Note which fields of a record were changed; values are nobody's business here."""
        self._audit(request, obj, "change", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Note that records are deleted."""
        for obj in queryset:
            self._audit(request, obj, "delete", "")
        return super().log_deletions(request, queryset)

    def _audit(self, request: HttpRequest, obj: Model, what: str, message: Any) -> None:
        audit.record(
            actor=actor_of(request),
            action=f"{obj._meta.model_name}-{what}",
            target=str(obj),
            outcome="done",
            detail={"changed": message} if message else {},
        )


class AuditedUserAdmin(Audited, UserAdmin):
    """People; a new password ends their sessions."""

    def user_change_password(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set somebody's password and write the event, or neither."""
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(*args, **kwargs)
            return response


class AuditedGroupAdmin(Audited, GroupAdmin):
    """Groups and their rights."""


admin.site.unregister([User, Group])
admin.site.register(User, AuditedUserAdmin)
admin.site.register(Group, AuditedGroupAdmin)
