"""Recorded runs of the verbs: operations, their steps, the audit trail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from modules_app.domain.operations import OPEN, Outcome, Stage
from modules_app.domain.states import Verb
from modules_app.models.batch import Batch


class Operation(models.Model):
    """One run of a verb on one module. The row is the truth; pages and commands only show it."""

    module_id = models.CharField(_("module"), max_length=64)
    id_fold = models.CharField(max_length=64, editable=False)
    verb = models.CharField(_("operation"), max_length=12, choices=[(v, v) for v in Verb])
    outcome = models.CharField(_("outcome"), max_length=12, choices=[(o, o) for o in Outcome])
    stage = models.CharField(_("stage"), max_length=12, blank=True)
    committed = models.BooleanField(_("past the commit point"), default=False)
    actor = models.CharField(_("who"), max_length=150)
    channel = models.CharField(_("from where"), max_length=12)
    request_key = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - NULLs may repeat
    options = models.JSONField(_("options"), default=dict, blank=True)
    plan = models.JSONField(_("plan"), default=list, blank=True)
    from_state = models.JSONField(_("before"), default=dict, blank=True)
    to_generation = models.CharField(max_length=40, blank=True)
    to_epoch = models.CharField(max_length=40, blank=True)
    package_sha256 = models.CharField(_("package"), max_length=64, blank=True)
    error = models.JSONField(_("error"), null=True, blank=True)
    messages = models.JSONField(_("messages"), default=list, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts to end it"), default=0)
    queued_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last news"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="operations"
    )
    position = models.PositiveSmallIntegerField(_("place in the batch"), default=0)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["-id"]
        constraints = [
            UniqueConstraint(
                fields=["id_fold"],
                condition=Q(outcome__in=list(OPEN)),
                name="one_open_operation_per_module",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb} {self.module_id}"


class OperationStep(models.Model):
    """One stage of an operation with its times and what it said."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"))
    stage = models.CharField(_("stage"), max_length=12, choices=[(s, s) for s in Stage])
    outcome = models.CharField(_("outcome"), max_length=12, default=Outcome.QUEUED)
    detail = models.TextField(_("detail"), blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["operation_id", "position"]

    def __str__(self) -> str:
        return f"{self.operation_id}/{self.position} {self.stage}"
