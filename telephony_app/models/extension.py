"""Numbers that can be dialled here, and the accounts of phones (reference M7.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models import NetworkFilter
from telephony_app.domain.words import DtmfMode, Kind, Transport
from telephony_app.models.base import TelephonyModel, choices


class Extension(TelephonyModel):
    """One number: a phone, a dialplan application, or one of the system (MikoPBX: Extensions).

    ``name`` is what others see when this number calls.
    """

    number = models.CharField(_("number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=choices(Kind), default=Kind.PHONE)
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    show_in_phonebook = models.BooleanField(_("shown in the phone book"), default=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["number"]
        default_permissions = ()
        permissions = [
            ("view_telephony", "Can look at extensions, providers and routes"),
            ("change_telephony", "Can change extensions, providers and routes"),
        ]
        indexes = [
            models.Index(fields=["kind", "number"], name="extension_kind_number"),
            models.Index(fields=["kind", "name"], name="extension_kind_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class SipAccount(TelephonyModel):
    """How a phone registers and what happens to its calls (MikoPBX: Sip of type peer).

    ``codecs`` lists names of `Codec`, none means all that are enabled; ``ring_length`` is in
    seconds, 0 without a limit; the three forwardings and ``mobile`` are numbers or empty.
    """

    extension = models.OneToOneField(
        Extension, on_delete=models.PROTECT, related_name="sip", verbose_name=_("extension")
    )
    secret = models.CharField(_("password"), max_length=64)
    transport = models.CharField(
        _("transport"), max_length=4, choices=choices(Transport), blank=True, default=Transport.AUTO
    )
    dtmf_mode = models.CharField(
        _("DTMF"), max_length=10, choices=choices(DtmfMode), default=DtmfMode.AUTO
    )
    codecs = models.JSONField(_("codecs"), default=list, blank=True)
    webrtc = models.BooleanField(_("WebRTC"), default=False)
    network_filter = models.ForeignKey(
        NetworkFilter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sip_accounts",
        verbose_name=_("network"),
    )
    manual_attributes = models.TextField(_("manual attributes"), blank=True)
    enable_recording = models.BooleanField(_("calls are recorded"), default=True)
    mobile = models.CharField(_("mobile number"), max_length=32, blank=True)
    ring_length = models.PositiveIntegerField(_("rings, seconds"), default=0)
    forwarding = models.CharField(_("forwarding"), max_length=32, blank=True)
    forwarding_on_busy = models.CharField(_("forwarding when busy"), max_length=32, blank=True)
    forwarding_on_unavailable = models.CharField(
        _("forwarding when unavailable"), max_length=32, blank=True
    )
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = _("SIP account")
        verbose_name_plural = _("SIP accounts")
        ordering = ["extension__number"]
        default_permissions = ()
        indexes = [models.Index(fields=["disabled"], name="sip_account_disabled")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number of the phone, by which modules know the account, too."""
        return self.extension.number
