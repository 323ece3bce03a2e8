"""What the hooks of this module leave behind."""

from __future__ import annotations

from django.db import models

from modules_app.sdk import ModuleModel


class HookNote(ModuleModel):
    """One call of a hook; the table is m_HookNote."""

    at = models.DateTimeField(auto_now_add=True)
    hook = models.CharField(max_length=64)
    said = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.hook} {self.said}".strip()


class Extra(ModuleModel):
    """The value of the field that the module adds to the settings; one row."""

    colour = models.CharField(max_length=40, blank=True, default="")

    @classmethod
    def current(cls) -> Extra:
        """Return the one row; it is made when it is first asked for."""
        return cls.objects.get_or_create(pk=1)[0]
