"""What trust needs: the audit trail, and actions that wait for a password."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.operation import Operation


class AuditEvent(models.Model):
    """Who did what to which module, from where, and how it ended. Written once, never changed."""

    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("who"), max_length=150)
    channel = models.CharField(_("by way of"), max_length=12)
    address = models.CharField(_("address"), max_length=45, blank=True)
    session = models.CharField(_("session"), max_length=16, blank=True)
    proof_age = models.PositiveIntegerField(
        _("seconds since the last password"), null=True, blank=True
    )
    action = models.CharField(_("action"), max_length=40)
    target = models.CharField(_("target"), max_length=150, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12)
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    from_version = models.CharField(_("version before"), max_length=64, blank=True)
    from_generation = models.CharField(_("generation before"), max_length=40, blank=True)
    to_version = models.CharField(_("version after"), max_length=64, blank=True)
    to_generation = models.CharField(_("generation after"), max_length=40, blank=True)
    package_sha256 = models.CharField(_("package"), max_length=64, blank=True)
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, null=True, blank=True, related_name="audit"
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class PendingAction(models.Model):
    """A dangerous request that waits until its person has typed the password (reference R6.4).

    It belongs to one session of one person and to one address of the pages, and is deleted by
    whoever takes it, so that it can run only once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    session = models.CharField(max_length=16)
    path = models.CharField(max_length=2000)
    body = models.TextField(blank=True)
    kept = models.BooleanField(default=False)
    what = models.CharField(max_length=200)
    target = models.CharField(max_length=150, blank=True)
    back = models.CharField(max_length=2000)
    asked_at = models.JSONField()
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pending action")
        verbose_name_plural = _("pending actions")
        ordering = ["-stored_at"]

    def __str__(self) -> str:
        return f"{self.what} {self.target}"
