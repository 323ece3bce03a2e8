"""What the module stores."""

from __future__ import annotations

import secrets

from django.db import models

from modules_app.sdk import ModuleModel


class ProgramAccess(ModuleModel):
    """The secret of the AMI user, one row; the table is m_ProgramAccess."""

    secret = models.CharField(max_length=64)

    @classmethod
    def renew(cls) -> None:
        """Make a new secret."""
        cls.objects.update_or_create(pk=1, defaults={"secret": secrets.token_urlsafe(24)})


class HeardCall(ModuleModel):
    """A channel that ended; the table is m_HeardCall."""

    at = models.DateTimeField(auto_now_add=True)
    channel = models.CharField(max_length=80)
    caller = models.CharField(max_length=80, blank=True, default="")
    dialled = models.CharField(max_length=80, blank=True, default="")
    cause = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.caller} > {self.dialled}: {self.cause}"
