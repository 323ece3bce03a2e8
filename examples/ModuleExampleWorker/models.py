"""What the workers leave behind."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class WorkerEvent(ModuleModel):
    """One thing that a worker did; the table is m_WorkerEvent."""

    at = models.DateTimeField(auto_now_add=True)
    who = models.CharField(max_length=32)
    what = models.CharField(max_length=200)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"
