from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class Entry(ModuleModel):
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=10, default="work")
    blocked = models.BooleanField(default=False)
    calls = models.IntegerField(default=0)
