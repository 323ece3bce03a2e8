"""Codecs, in the order in which they are offered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.words import Media
from telephony_app.models.base import TelephonyModel, choices


class Codec(TelephonyModel):
    """One codec by Asterisk's name; lower priorities are offered first (MikoPBX: Codecs)."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    media = models.CharField(_("media"), max_length=5, choices=choices(Media), default=Media.AUDIO)
    priority = models.PositiveIntegerField(_("priority"), default=0)
    disabled = models.BooleanField(_("disabled"), default=False)
    description = models.CharField(_("description"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("codec")
        verbose_name_plural = _("codecs")
        ordering = ["media", "priority", "name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
