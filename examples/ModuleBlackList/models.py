"""What the module stores, in a database of its own."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class BlackListNumbers(ModuleModel):
    """One blocked caller; the table is m_BlackListNumbers."""

    number = models.CharField(max_length=32, unique=True)
    description = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["number"]
        verbose_name = "blocked number"
        verbose_name_plural = "blocked numbers"

    def __str__(self) -> str:
        return self.number
