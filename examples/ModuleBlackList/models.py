"""What the module stores, in a database of its own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from modules_app.sdk import ModuleModel, ask_reload


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


@receiver([post_save, post_delete], sender=BlackListNumbers)
def list_changed(**_given: Any) -> None:
    """Have the dialplan made anew, wherever the change came from: page, raw records, REST."""
    ask_reload("extension_gen_contexts")
