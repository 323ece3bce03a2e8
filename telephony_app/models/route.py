"""Routes: where calls from outside go, and by which provider calls leave (M7.5, M7.6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony_app.domain.words import DefaultAction
from telephony_app.models.base import TelephonyModel, choices
from telephony_app.models.extension import Extension
from telephony_app.models.provider import Provider


class IncomingRoute(TelephonyModel):
    """Where calls to one number of one provider go (MikoPBX: IncomingRoutingTable).

    No provider means any, an empty number every number. The call rings ``extension`` for
    ``timeout`` seconds or goes to ``destination``, ``context,extension,priority`` of the module
    ``destination_module``. The default route, one at most, takes what no other took: ``action``
    says how.
    """

    priority = models.PositiveIntegerField(_("priority"), default=0)
    provider = models.ForeignKey(
        Provider,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incoming_routes",
        verbose_name=_("provider"),
    )
    number = models.CharField(_("number"), max_length=64, blank=True)
    extension = models.ForeignKey(
        Extension,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incoming_routes",
        verbose_name=_("extension"),
    )
    destination_module = models.CharField(_("module"), max_length=64, blank=True)
    destination = models.CharField(_("destination"), max_length=190, blank=True)
    timeout = models.PositiveIntegerField(_("rings, seconds"), default=30)
    action = models.CharField(
        _("action"),
        max_length=9,
        choices=choices(DefaultAction),
        default=DefaultAction.EXTENSION,
    )
    is_default = models.BooleanField(_("default route"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("incoming route")
        verbose_name_plural = _("incoming routes")
        ordering = ["is_default", "priority", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_incoming_route",
            )
        ]

    def __str__(self) -> str:
        return self.note.partition("\n")[0][:80] or self.number or f"#{self.pk}"


class OutgoingRoute(TelephonyModel):
    """By which provider numbers leave (MikoPBX: OutgoingRoutingTable).

    A number matches when it begins with ``number_begins_with``, a regular expression of a few
    signs, and ``rest_numbers`` digits follow: -1 any, 0 none. Then ``trim_from_begin`` digits are
    cut off and ``prepend`` is put before the rest.
    """

    name = models.CharField(_("name"), max_length=80)
    provider = models.ForeignKey(
        Provider,
        on_delete=models.PROTECT,
        related_name="outgoing_routes",
        verbose_name=_("provider"),
    )
    priority = models.PositiveIntegerField(_("priority"), default=0)
    number_begins_with = models.CharField(_("number begins with"), max_length=190, blank=True)
    rest_numbers = models.IntegerField(_("digits that follow"), default=-1)
    trim_from_begin = models.PositiveIntegerField(_("digits cut off"), default=0)
    prepend = models.CharField(_("put before"), max_length=32, blank=True)
    note = models.TextField(_("note"), blank=True)
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = _("outgoing route")
        verbose_name_plural = _("outgoing routes")
        ordering = ["priority", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
