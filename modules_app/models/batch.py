"""Several operations that were asked for at once."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from modules_app.domain.batches import Mode
from modules_app.domain.states import Verb


class Batch(models.Model):
    """What was asked for and planned. How it stands, its operations say.

    ``plan`` is ``{"steps": [...], "warnings": [...]}`` as it was confirmed, sentences unfilled.
    """

    verb = models.CharField(_("operation"), max_length=12, choices=[(v, v) for v in Verb])
    actor = models.CharField(_("who"), max_length=150)
    channel = models.CharField(_("from where"), max_length=12)
    mode = models.CharField(_("mode"), max_length=12, choices=[(m, m) for m in Mode])
    plan = models.JSONField(_("plan"), default=dict, blank=True)
    request_key = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - NULLs may repeat
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-id"]
        constraints = [CheckConstraint(condition=Q(mode__in=list(Mode)), name="batch_mode")]

    def __str__(self) -> str:
        return f"batch {self.pk} {self.verb}"
