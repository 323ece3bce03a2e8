"""Telephone records among the raw records: shown whole but for passwords, changed by the services.

Adding and deleting belongs to the pages, which ask modules and show who refers to a record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from modules_app.exceptions import ModuleError
from modules_app.permissions import Actor, Right
from modules_app.services.signing_in import actor_of
from modules_app.templatetags.module_ui import sentence
from telephony_app.models import (
    AriUser,
    Codec,
    DialplanApplication,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
    SipAccount,
)
from telephony_app.services import applications, extensions
from telephony_app.services.kinds import kind_of

Change = Callable[..., Any]

SECRETS = ("secret", "password")


class ServiceForm(forms.ModelForm):
    """Lets the service look at what was typed: it is stored on trial, and undone."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    actor: Actor
    change: Change

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.revision

    def clean(self) -> dict[str, Any]:
        """Show a refusal of the service as an error of the form."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                with transaction.atomic():
                    self.store()
                    transaction.set_rollback(True)
            except ModuleError as error:
                raise ValidationError(sentence(error.as_dict())) from error
        return cleaned

    def store(self) -> None:
        """Change the record by its service. Raises ``ModuleError``."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name != "seen"}
        revision = self.cleaned_data.get("seen")
        type(self).change(
            actor=self.actor, record_id=self.instance.pk, values=values, revision=revision
        )


class TelephonyAdmin(admin.ModelAdmin):
    """Shows records to whoever may look at them, changes them by the service of the pages."""

    form = ServiceForm
    change: Change
    exclude = SECRETS

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the form with who asks and the service."""
        base = type("Form", (ServiceForm,), {"actor": actor_of(request), "change": self.change})
        return super().get_form(request, obj, **{**kwargs, "form": base})

    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change a record together with Django's own log, or neither."""
        with transaction.atomic():
            return super().changeform_view(*args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Store what was typed by the service, which audits it and tells modules."""
        form.store()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the records are listed."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether the person may look at telephone records."""
        return request.user.has_perm(Right.VIEW_TELEPHONY.permission)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether the person may change telephone records."""
        return request.user.has_perm(Right.CHANGE_TELEPHONY.permission)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may add here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may delete here."""
        return False


@admin.register(Extension)
class ExtensionAdmin(TelephonyAdmin):
    """Numbers; those of the system and of applications can only be looked at."""

    change = staticmethod(extensions.change_extension)
    list_display = ["number", "kind", "name", "email"]
    list_filter = ["kind"]
    search_fields = ["number", "name", "email"]
    readonly_fields = ["kind"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether it is a phone, and the person may change telephone records."""
        return super().has_change_permission(request) and (obj is None or obj.kind == "phone")


def _change_account(*, actor: Actor, record_id: int, values: Any, revision: Any = None) -> Any:
    """Change the phone that an account belongs to; the account's own revision is what was seen."""
    account = SipAccount.objects.get(pk=record_id)
    extensions.records.refuse_overtaken(account, revision)
    return extensions.change_extension(actor=actor, record_id=account.extension_id, values=values)


@admin.register(SipAccount)
class SipAccountAdmin(TelephonyAdmin):
    """Accounts of phones."""

    change = staticmethod(_change_account)
    list_display = ["extension", "transport", "webrtc", "disabled"]
    list_filter = ["disabled", "webrtc"]
    list_select_related = ["extension"]
    search_fields = ["extension__number", "extension__name"]
    readonly_fields = ["extension"]


@admin.register(Provider)
class ProviderAdmin(TelephonyAdmin):
    """Providers."""

    change = staticmethod(kind_of("provider").change)
    list_display = ["description", "uniqid", "registration", "host", "disabled"]
    search_fields = ["description", "uniqid", "host"]


@admin.register(IncomingRoute)
class IncomingRouteAdmin(TelephonyAdmin):
    """Incoming routes."""

    change = staticmethod(kind_of("incoming-route").change)
    list_display = ["id", "priority", "provider", "number", "extension", "destination"]
    list_select_related = ["provider", "extension"]
    raw_id_fields = ["extension"]
    readonly_fields = ["is_default"]


@admin.register(OutgoingRoute)
class OutgoingRouteAdmin(TelephonyAdmin):
    """Outgoing routes."""

    change = staticmethod(kind_of("outgoing-route").change)
    list_display = ["name", "priority", "number_begins_with", "provider", "disabled"]
    list_select_related = ["provider"]


@admin.register(Codec)
class CodecAdmin(TelephonyAdmin):
    """Codecs."""

    change = staticmethod(kind_of("codec").change)
    list_display = ["name", "media", "priority", "disabled"]
    readonly_fields = ["name", "media"]


@admin.register(ManagerUser)
class ManagerUserAdmin(TelephonyAdmin):
    """AMI users."""

    change = staticmethod(kind_of("ami-user").change)
    list_display = ["username", "description"]


@admin.register(AriUser)
class AriUserAdmin(TelephonyAdmin):
    """ARI users."""

    change = staticmethod(kind_of("ari-user").change)
    list_display = ["username", "description"]


@admin.register(DialplanApplication)
class DialplanApplicationAdmin(TelephonyAdmin):
    """Dialplan applications."""

    change = staticmethod(applications.change_application)
    list_display = ["extension", "name", "kind"]
    list_select_related = ["extension"]
    readonly_fields = ["extension"]
