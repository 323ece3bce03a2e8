"""The first-run step of a FreePBX module (reference F1.3, oobe)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.module import Module


class FirstRun(models.Model):
    """How far the first-run step of one module got; it goes with the module.

    Without a row nobody asked the module yet. ``complete`` once its method answered True, was found
    missing, or a person left the step out; ``note`` says which.
    """

    module = models.OneToOneField(
        Module, on_delete=models.CASCADE, primary_key=True, related_name="first_run"
    )
    method = models.CharField(_("method"), max_length=100)
    complete = models.BooleanField(_("complete"), default=False)
    note = models.JSONField(_("note"), null=True, blank=True)
    actor = models.CharField(_("left out by"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("first-run step")
        verbose_name_plural = _("first-run steps")
        ordering = ["module_id"]

    def __str__(self) -> str:
        return self.module_id
