"""Addresses that are always dropped."""

from __future__ import annotations

from django.core.validators import validate_ipv4_address
from django.db import models

from modules_app.sdk import ModuleModel


class DroppedAddress(ModuleModel):
    """One address; the table is m_DroppedAddress."""

    address = models.CharField(max_length=15, unique=True, validators=[validate_ipv4_address])

    class Meta:
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address
