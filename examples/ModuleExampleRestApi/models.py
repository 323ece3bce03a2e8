"""What the interface is about."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class ExampleTask(ModuleModel):
    """Something to do; the table is m_ExampleTask."""

    title = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=16, default="open")
    priority = models.IntegerField(default=5)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
