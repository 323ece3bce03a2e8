"""Uploaded and accepted packages."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """A package that waits for Install or Discard; its report survives a reload."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.CharField(max_length=80, editable=False)
    filename = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("digest"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    module_id = models.CharField(_("module"), max_length=64, blank=True)
    report = models.JSONField(_("report"), default=dict)
    actor = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename


class StoredPackage(models.Model):
    """An accepted package kept for repair and rollback."""

    sha256 = models.CharField(_("digest"), primary_key=True, max_length=64)
    module_id = models.CharField(_("module"), max_length=64)
    version = models.CharField(_("version"), max_length=64)
    filename = models.CharField(_("file name"), max_length=200)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    stored_at = models.DateTimeField(_("stored at"))

    class Meta:
        verbose_name = _("stored package")
        verbose_name_plural = _("stored packages")
        ordering = ["-stored_at"]

    def __str__(self) -> str:
        return f"{self.module_id} {self.version}"
