"""The table that module.xml declares, as a model."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class Guest(ModuleModel):
    """Who was greeted by the console command."""

    name = models.CharField(max_length=80)

    class Meta:
        db_table = "greeter_guests"
        managed = False
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
