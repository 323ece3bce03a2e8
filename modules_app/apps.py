"""The Django application of the module manager."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class ModulesAppConfig(AppConfig):
    """Names the application; nothing happens at import time."""

    name = "modules_app"
    verbose_name = _("Modules")

    def ready(self) -> None:
        """Keep login free of database writes, so that it works on a full disk (design 4)."""
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        if apps.is_installed("django.contrib.sessions"):  # the host has neither login nor audit
            from modules_app.services import events, signing_in

            signing_in.connect()
            events.connect()
