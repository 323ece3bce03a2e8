"""Providers: the ways to and from the world outside (reference M7.4)."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models import NetworkFilter
from telephony_app.domain.words import DtmfMode, Registration, Transport
from telephony_app.models.base import TelephonyModel, choices


def new_uniqid() -> str:
    """Return a new name for a provider in Asterisk's files, such as SIP-TRUNK-0A1B2C3D."""
    return f"SIP-TRUNK-{secrets.token_hex(4).upper()}"


class Provider(TelephonyModel):
    """One provider (MikoPBX: Sip of type friend).

    ``uniqid`` names it in Asterisk's files. ``additional_hosts`` is a list of addresses from which
    it also sends; ``qualify_frequency`` is in seconds.
    """

    uniqid = models.CharField(_("identifier"), max_length=40, unique=True, default=new_uniqid)
    description = models.CharField(_("name"), max_length=80)
    registration = models.CharField(
        _("registration"),
        max_length=8,
        choices=choices(Registration),
        default=Registration.OUTBOUND,
    )
    host = models.CharField(_("host"), max_length=255, blank=True)
    port = models.PositiveIntegerField(_("port"), default=5060)
    username = models.CharField(_("user name"), max_length=64, blank=True)
    secret = models.CharField(_("password"), max_length=64, blank=True)
    transport = models.CharField(
        _("transport"), max_length=4, choices=choices(Transport), blank=True, default=Transport.UDP
    )
    outbound_proxy = models.CharField(_("outbound proxy"), max_length=255, blank=True)
    from_user = models.CharField(_("from: user"), max_length=64, blank=True)
    from_domain = models.CharField(_("from: domain"), max_length=255, blank=True)
    disable_from_user = models.BooleanField(_("no user in from"), default=False)
    dtmf_mode = models.CharField(
        _("DTMF"), max_length=10, choices=choices(DtmfMode), default=DtmfMode.AUTO
    )
    qualify = models.BooleanField(_("is asked whether it answers"), default=True)
    qualify_frequency = models.PositiveIntegerField(_("asked every, seconds"), default=60)
    codecs = models.JSONField(_("codecs"), default=list, blank=True)
    additional_hosts = models.JSONField(_("further hosts"), default=list, blank=True)
    network_filter = models.ForeignKey(
        NetworkFilter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="providers",
        verbose_name=_("network"),
    )
    manual_attributes = models.TextField(_("manual attributes"), blank=True)
    disabled = models.BooleanField(_("disabled"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering = ["description", "uniqid"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.description
