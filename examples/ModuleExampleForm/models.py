"""The settings: one row."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class Protocol(models.TextChoices):
    """How the other side is reached."""

    HTTPS = "https", "HTTPS"
    MQTT = "mqtt", "MQTT"


class FormSettings(ModuleModel):
    """A field of each kind; the table is m_FormSettings."""

    name = models.CharField(max_length=64, default="Office")
    notes = models.TextField(blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    protocol = models.CharField(max_length=8, choices=Protocol.choices, default=Protocol.HTTPS)
    port = models.PositiveIntegerField(default=443)
    password = models.CharField(max_length=128, blank=True, default="")
    active = models.BooleanField(default=False)

    @classmethod
    def current(cls) -> FormSettings:
        """Return the one row; it is made when it is first asked for."""
        return cls.objects.get_or_create(pk=1)[0]
