"""What a person or the system wants to be applied to Asterisk, and how far that got."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplyKind(models.TextChoices):
    """When the files are to be applied."""

    NOW = "now", _("now")
    QUIET = "quiet", _("when there are no calls")
    AUTOMATIC = "automatic", _("by itself after changes")


class ApplyOutcome(models.TextChoices):
    """What became of a request; the first one is the only one that is open."""

    WAITING = "waiting", _("waits")
    APPLIED = "applied", _("applied")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class ApplyRequest(models.Model):
    """One wish to apply what waits. At most one is open, however often people click.

    ``sentence`` says in English how it ended; ``context`` fills its placeholders.
    """

    kind = models.CharField(_("when"), max_length=12, choices=ApplyKind.choices)
    asked_by = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"))
    deadline = models.DateTimeField(_("at the latest"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=ApplyOutcome.choices, default=ApplyOutcome.WAITING
    )
    sentence = models.TextField(_("how it ended"), blank=True)
    context = models.JSONField(_("values of the sentence"), default=dict, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to apply")
        verbose_name_plural = _("requests to apply")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="waiting"), name="one_open_apply"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"


class ApplyMark(models.Model):
    """Which changes of records are in Asterisk's files: one row, with the number 1.

    ``event`` is the last event of the outbox that is applied, ``modules`` a digest of what modules
    added then. ``waits_since`` is when the first change came that is not applied.
    """

    event = models.PositiveBigIntegerField(_("applied up to"), default=0)
    modules = models.CharField(_("what modules added"), max_length=64, blank=True)
    waits_since = models.DateTimeField(_("waits since"), null=True, blank=True)

    class Meta:
        verbose_name = _("applied changes")
        verbose_name_plural = _("applied changes")
        default_permissions = ()

    def __str__(self) -> str:
        return f"up to {self.event}"
