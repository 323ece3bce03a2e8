"""The table that module.xml declares, as a model."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class Greeting(ModuleModel):
    """Who was greeted, and how often. The manifest makes the table, hence ``managed = False``."""

    name = models.CharField(max_length=80, unique=True)
    greeted = models.IntegerField(default=0)

    class Meta:
        db_table = "hellopbx_greetings"
        managed = False
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
