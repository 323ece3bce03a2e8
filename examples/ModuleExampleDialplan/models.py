"""What the module stores."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class DialplanSettings(ModuleModel):
    """The settings: one row; the table is m_DialplanSettings."""

    number = models.CharField(max_length=32, blank=True, default="")
    devices = models.PositiveSmallIntegerField(default=1)
    calls = models.PositiveIntegerField(default=0)

    @classmethod
    def current(cls) -> DialplanSettings:
        """Return the one row; it is made when it is first asked for."""
        return cls.objects.get_or_create(pk=1)[0]
