"""Sidebar rows and settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.module import Module
from modules_app.models.watched import WatchedModel


class MenuItem(models.Model):
    """One sidebar entry of a module: what the module asks for, what the administrator placed."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="menu_items")
    key = models.CharField(_("key"), max_length=100)
    group = models.CharField(_("group"), max_length=40)
    caption = models.CharField(_("caption"), max_length=200)
    captions = models.JSONField(_("captions by language"), default=dict, blank=True)
    icon = models.CharField(_("icon"), max_length=60, blank=True)
    href = models.CharField(_("address"), max_length=200, blank=True)
    order = models.SmallIntegerField(_("order"), default=0)
    right = models.CharField(_("right it needs"), max_length=120, blank=True)
    shown = models.BooleanField(_("shown by the module"), default=True)
    link = models.CharField(_("link to another site"), max_length=2000, blank=True)
    target = models.CharField(_("target of the link"), max_length=32, blank=True)
    everyone = models.BooleanField(_("for everybody who is logged in"), default=False)
    own_right = models.BooleanField(_("has a right of its own"), default=False)
    public = models.BooleanField(_("asks to be open without a login"), default=False)
    needs_engine = models.BooleanField(_("needs Asterisk"), default=False)
    beta = models.BooleanField(_("beta"), default=False)
    missing = models.BooleanField(_("its page is missing"), default=False)
    placed_group = models.CharField(_("placed in group"), max_length=40, blank=True)
    placed_caption = models.CharField(_("placed caption"), max_length=200, blank=True)
    placed_order = models.SmallIntegerField(_("placed order"), null=True, blank=True)
    placed_shown = models.BooleanField(_("placed visibility"), null=True, blank=True)

    class Meta:
        verbose_name = _("menu item")
        verbose_name_plural = _("menu items")
        ordering = ["group", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["module", "key"], name="menu_item_key_per_module")
        ]

    def __str__(self) -> str:
        return f"{self.module_id}/{self.key}"


class PbxSetting(WatchedModel):
    """One setting: key and text value; the defaults live in domain/settings.py (reference M8.3)."""

    key = models.CharField(_("key"), primary_key=True, max_length=120)
    value = models.TextField(_("value"), blank=True)

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key
