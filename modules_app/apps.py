"""The Django application of the module manager."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModulesAppConfig(AppConfig):
    """Names the application; nothing happens at import time."""

    name = "modules_app"
    verbose_name = _("Modules")
