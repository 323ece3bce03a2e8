"""What an administrator allowed modules beyond their own pages, and what modules contribute."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.domain.grants import Grant
from modules_app.models.module import Module


class ModuleGrant(models.Model):
    """One thing that a module may do because an administrator said so; it goes with the module.

    ``groups`` counts for `Grant.AUTHENTICATE`: people whom the module signs in get no other.
    """

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="grants")
    right = models.CharField(_("grant"), max_length=40, choices=[(g, g) for g in Grant])
    groups = models.ManyToManyField(Group, verbose_name=_("groups"), blank=True)
    granted_by = models.CharField(_("granted by"), max_length=150)
    granted_at = models.DateTimeField(_("granted at"))

    class Meta:
        verbose_name = _("grant to a module")
        verbose_name_plural = _("grants to modules")
        ordering = ["module_id", "right"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "right"], name="one_grant_per_module_and_right"
            )
        ]

    def __str__(self) -> str:
        return f"{self.module_id}: {self.right}"


class ModuleRight(models.Model):
    """A right that a module named for some of its addresses, and the permission made of it.

    ``item`` is the key of the FreePBX menu item that needs it; else the module's code named it.
    """

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="rights")
    name = models.CharField(_("name"), max_length=40)
    caption = models.CharField(_("caption"), max_length=200)
    captions = models.JSONField(_("captions by language"), default=dict, blank=True)
    pages = models.JSONField(_("addresses"), default=list, blank=True)
    item = models.CharField(_("menu item that it is for"), max_length=100, blank=True)
    permission = models.OneToOneField(Permission, on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("right of a module")
        verbose_name_plural = _("rights of modules")
        ordering = ["module_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["module", "name"], name="module_right_name_per_module")
        ]

    def __str__(self) -> str:
        return f"{self.module_id}: {self.name}"


class ModuleAccount(models.Model):
    """A person whom a module signed in: the user belongs to that module and to no other.

    It outlives the module, so that nobody else's module can take the person over.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="module_account"
    )
    module_id = models.CharField(_("module"), max_length=64)
    login = models.CharField(_("name at the login"), max_length=150)
    home_page = models.CharField(_("first page"), max_length=200, blank=True)
    signed_in_at = models.DateTimeField(_("signed in at"))

    class Meta:
        verbose_name = _("person of a module")
        verbose_name_plural = _("people of modules")
        ordering = ["module_id", "login"]

    def __str__(self) -> str:
        return f"{self.module_id}: {self.login}"
