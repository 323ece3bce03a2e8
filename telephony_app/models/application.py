"""Dialplan applications: numbers whose logic the administrator writes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.words import ApplicationKind
from telephony_app.models.base import TelephonyModel, choices
from telephony_app.models.extension import Extension


class DialplanApplication(TelephonyModel):
    """What happens when its number is dialled (MikoPBX: DialplanApplications).

    ``logic`` holds lines of the dialplan, ``n,Playback(demo-thanks)`` or only ``Answer()``;
    ``hint`` is the device whose state the number shows, "" for none.
    """

    extension = models.OneToOneField(
        Extension,
        on_delete=models.PROTECT,
        related_name="application",
        verbose_name=_("extension"),
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=choices(ApplicationKind),
        default=ApplicationKind.PLAINTEXT,
    )
    logic = models.TextField(_("logic"), blank=True)
    description = models.TextField(_("description"), blank=True)
    hint = models.CharField(_("hint"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("dialplan application")
        verbose_name_plural = _("dialplan applications")
        ordering = ["extension__number"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """The number that is dialled for it, by which modules know it, too."""
        return self.extension.number
