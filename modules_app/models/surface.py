"""Generated configuration: what is applied, and the administrator's own parts of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.watched import WatchedModel


class SurfaceState(models.Model):
    """How far one surface got. Everything in here can be made again from other rows.

    ``files`` is what is applied (path, text, original, blocks), ``asked_digest`` the digest of
    what the rows asked for when it was applied or refused, ``digest`` that of what is applied.
    """

    name = models.CharField(_("name"), primary_key=True, max_length=40)
    digest = models.CharField(_("applied digest"), max_length=64, blank=True)
    asked_digest = models.CharField(_("digest asked for"), max_length=64, blank=True)
    files = models.JSONField(_("applied files"), default=list, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    looked_at = models.DateTimeField(_("last look"), null=True, blank=True)
    complaints = models.JSONField(_("complaints"), default=list, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    problem = models.JSONField(_("problem"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    asked = models.BooleanField(_("a look is asked for"), default=False)
    looking = models.BooleanField(_("a look is under way"), default=False)
    again = models.BooleanField(_("everything is to be done again"), default=False)

    class Meta:
        verbose_name = _("generated configuration")
        verbose_name_plural = _("generated configuration")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomMode(models.TextChoices):
    """What the administrator's text does to a generated file (reference M6.7)."""

    APPEND = "append", _("add below what is generated")
    OVERRIDE = "override", _("use instead of what is generated")


class CustomFile(WatchedModel):
    """The administrator's own part of one generated file; it comes last (reference M6.7)."""

    path = models.CharField(_("file"), primary_key=True, max_length=200)
    mode = models.CharField(_("mode"), max_length=12, choices=CustomMode.choices)
    text = models.TextField(_("text"), blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("custom file")
        verbose_name_plural = _("custom files")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path
