"""Changes of core records on their way to the modules that want to know of them (M5.5)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """One change, written in the transaction of the change itself; never altered afterwards.

    ``name`` is what people called a record that is deleted; the others can still be asked.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    model = models.CharField(_("record"), max_length=64)
    record_id = models.CharField(_("id of the record"), max_length=200)
    action = models.CharField(_("kind"), max_length=16)
    changed = models.JSONField(_("changed fields"), default=list, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.model} {self.record_id} {self.action}"


class EventCursor(models.Model):
    """How far one hook of one module is: all events up to ``position`` are dealt with.

    ``tries`` counts failures of the next one.
    """

    module_id = models.CharField(_("module"), max_length=64)
    id_fold = models.CharField(max_length=64, editable=False)
    hook = models.CharField(_("hook"), max_length=64)
    position = models.PositiveBigIntegerField(_("dealt with up to"), default=0)
    delivered = models.PositiveBigIntegerField(_("delivered"), default=0)
    tries = models.PositiveIntegerField(_("failed tries"), default=0)
    error = models.TextField(_("last error"), blank=True)
    error_at = models.DateTimeField(_("last failure"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of events")
        verbose_name_plural = _("deliveries of events")
        ordering = ["id_fold", "hook"]
        constraints = [
            models.UniqueConstraint(fields=["id_fold", "hook"], name="one_cursor_per_hook")
        ]

    def __str__(self) -> str:
        return f"{self.module_id} {self.hook} {self.position}"


class LostEvent(models.Model):
    """What a module did not take after all tries; ``payload`` is what it would have got."""

    module_id = models.CharField(_("module"), max_length=64)
    id_fold = models.CharField(max_length=64, editable=False)
    hook = models.CharField(_("hook"), max_length=64)
    event_id = models.PositiveBigIntegerField(_("event"), default=0)
    payload = models.JSONField(_("payload"), default=dict)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    error = models.TextField(_("error"), blank=True)
    at = models.DateTimeField(_("given up at"), auto_now_add=True)

    class Meta:
        verbose_name = _("lost event")
        verbose_name_plural = _("lost events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.module_id} {self.hook} {self.event_id}"
