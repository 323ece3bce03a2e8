"""The Django application of the telephone part."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephonyAppConfig(AppConfig):
    """Names the application, and plugs in what other parts ask for when it starts."""

    name = "telephony_app"
    verbose_name = _("Telephony")
