"""The firewall: networks, and what was decided for them; addresses that fail2ban never bans."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.domain.firewall import Action, Protocol
from modules_app.models.watched import WatchedModel


class NetworkFilter(WatchedModel):
    """Addresses that may do the same things (MikoPBX: NetworkFilters).

    ``permit`` and ``deny`` are lists of networks of IPv4 and IPv6 in CIDR form; of two that hold
    an address the smaller one counts. A network is ordinary until it permits all addresses.
    """

    title = models.CharField(_("description"), max_length=120)
    permit = models.JSONField(_("permitted addresses"), default=list)
    deny = models.JSONField(_("addresses left out"), default=list, blank=True)
    priority = models.IntegerField(_("priority"), default=100)
    is_local = models.BooleanField(_("local network"), default=False)
    never_block = models.BooleanField(_("never banned"), default=False)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ["priority", "id"]

    def __str__(self) -> str:
        return self.title


class FirewallRule(WatchedModel):
    """What was decided for one rule of one network (MikoPBX: FirewallRules).

    ``module_id`` is empty for rules of PBX Admin. The row of a module stays while the module is
    disabled, and is used again when it is enabled (reference M3.3). Protocol and ports are those
    that the person saw: an allowed rule that has others later is a new one.
    """

    network = models.ForeignKey(
        NetworkFilter, on_delete=models.CASCADE, related_name="rules", verbose_name=_("network")
    )
    module_id = models.CharField(_("module"), max_length=64, blank=True)
    category = models.CharField(_("category"), max_length=40)
    description = models.CharField(_("rule"), max_length=100)
    protocol = models.CharField(
        _("protocol"), max_length=4, choices=[(one.value, one.value) for one in Protocol]
    )
    port_from = models.PositiveIntegerField(_("first port"), default=0)
    port_to = models.PositiveIntegerField(_("last port"), default=0)
    port_from_key = models.CharField(_("setting of the first port"), max_length=64, blank=True)
    port_to_key = models.CharField(_("setting of the last port"), max_length=64, blank=True)
    action = models.CharField(
        _("action"), max_length=5, choices=[(one.value, one.value) for one in Action]
    )

    class Meta:
        verbose_name = _("firewall rule")
        verbose_name_plural = _("firewall rules")
        ordering = ["network", "module_id", "category", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "module_id", "category", "description"],
                name="one_decision_per_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.category} {self.description}: {self.action}"


class FirewallTrial(models.Model):
    """Rules that come back by themselves unless somebody keeps the new ones in time.

    ``before`` holds the networks, decisions and the switch as they were. One row at most.
    """

    before = models.JSONField(_("rules before"))
    until = models.DateTimeField(_("until"))
    started_by = models.CharField(_("started by"), max_length=150)

    class Meta:
        verbose_name = _("trial of firewall rules")
        verbose_name_plural = _("trials of firewall rules")

    def __str__(self) -> str:
        return f"{self.started_by} {self.until}"


class Fail2BanSettings(WatchedModel):
    """When an address is banned and for how long, and which never is. One row at most."""

    max_retry = models.PositiveIntegerField(_("attempts"), default=20)
    find_time = models.PositiveIntegerField(_("within seconds"), default=600)
    ban_time = models.PositiveIntegerField(_("banned for seconds"), default=600)
    white_list = models.JSONField(_("addresses never banned"), default=list, blank=True)

    class Meta:
        verbose_name = _("settings of fail2ban")
        verbose_name_plural = _("settings of fail2ban")

    def __str__(self) -> str:
        return f"{self.max_retry}/{self.find_time}/{self.ban_time}"
