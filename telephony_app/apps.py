"""The Django application of the telephone part."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class TelephonyAppConfig(AppConfig):
    """Names the application, and plugs in what other parts ask for when it starts."""

    name = "telephony_app"
    verbose_name = _("Telephony")

    def ready(self) -> None:
        """Register what the other application asks for: the surface, the line about calls."""
        if apps.is_installed("django.contrib.sessions"):  # the host has neither
            from telephony_app import plugs

            plugs.connect()
