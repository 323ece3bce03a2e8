"""Accounts of programs that talk to Asterisk: manager interface and REST interface."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models import NetworkFilter
from telephony_app.models.base import TelephonyModel


class ManagerUser(TelephonyModel):
    """An account of the manager interface, AMI (MikoPBX: AsteriskManagerUsers).

    ``rights`` holds "", "read", "write" or "readwrite" for each of the thirteen classes of M6.7;
    ``event_filter`` has one filter on each line.
    """

    username = models.CharField(_("user name"), max_length=64, unique=True)
    secret = models.CharField(_("password"), max_length=64)
    network_filter = models.ForeignKey(
        NetworkFilter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="manager_users",
        verbose_name=_("network"),
    )
    rights = models.JSONField(_("rights"), default=dict, blank=True)
    event_filter = models.TextField(_("event filters"), blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("AMI user")
        verbose_name_plural = _("AMI users")
        ordering = ["username"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.username

    @property
    def granted(self) -> dict[str, str]:
        """Return the classes with a level that is not nothing."""
        return {name: level for name, level in self.rights.items() if level}


class AriUser(TelephonyModel):
    """An account of the REST interface, ARI (MikoPBX: AsteriskRestUsers).

    ``applications`` names the Stasis applications it is meant for; none means any.
    """

    username = models.CharField(_("user name"), max_length=64, unique=True)
    password = models.CharField(_("password"), max_length=64)
    applications = models.JSONField(_("applications"), default=list, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("ARI user")
        verbose_name_plural = _("ARI users")
        ordering = ["username"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.username
