"""The commit row of a module and what is derived from it (design 4)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from modules_app.domain.manifest import Contract
from modules_app.domain.pages import has_page
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models.watched import WatchedModel


class Module(WatchedModel):
    """One installed module.

    ``generation``, ``epoch``, ``wanted``, ``phase`` and ``fault`` commit together.
    """

    id = models.CharField(_("id"), primary_key=True, max_length=64)
    id_fold = models.CharField(max_length=64, unique=True, editable=False)
    contract = models.CharField(_("contract"), max_length=8, choices=[(c, c) for c in Contract])
    language = models.CharField(_("written in"), max_length=16)
    version = models.CharField(_("version"), max_length=64)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    license = models.CharField(_("licence"), max_length=100, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    titles = models.JSONField(_("names by language"), default=dict, blank=True)
    descriptions = models.JSONField(_("descriptions by language"), default=dict, blank=True)
    translations = models.JSONField(_("texts by language"), default=dict, blank=True)
    facts = models.JSONField(_("what the package says"), default=dict, blank=True)

    has_page = models.BooleanField(_("has a page to open"), default=True, editable=False)
    own_settings = models.JSONField(_("settings it owns"), default=list, blank=True)

    generation = models.CharField(_("generation"), max_length=40)
    epoch = models.CharField(_("epoch"), max_length=40, blank=True)
    previous_generation = models.CharField(max_length=40, blank=True)
    previous_epoch = models.CharField(max_length=40, blank=True)
    previous = models.JSONField(_("the version before"), default=dict, blank=True)
    checks = models.JSONField(_("what checks found"), default=dict, blank=True)
    digest = models.CharField(_("digest of the files"), max_length=64)
    package_sha256 = models.CharField(_("digest of the package"), max_length=64)
    file_count = models.PositiveIntegerField(_("files"), default=0)
    file_bytes = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    highest_version = models.CharField(max_length=64, blank=True)

    wanted = models.CharField(_("wanted"), max_length=4, choices=[(w, w) for w in Wanted])
    phase = models.CharField(_("phase"), max_length=12, choices=[(p, p) for p in Phase])
    fault = models.CharField(_("fault"), max_length=12, choices=[(f, f) for f in Fault])
    reason_code = models.CharField(_("reason code"), max_length=32, blank=True)
    reason_text = models.TextField(_("reason"), blank=True)
    reason_actor = models.CharField(_("switched by"), max_length=150, blank=True)
    reason_at = models.DateTimeField(_("switched at"), null=True, blank=True)
    installed_at = models.DateTimeField(_("installed at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["id_fold"]
        permissions = [
            ("operate_module", "Can enable and disable modules and open their pages"),
            ("install_module", "Can install and upgrade modules"),
            ("remove_module", "Can remove modules"),
        ]
        constraints = [
            CheckConstraint(condition=Q(wanted__in=list(Wanted)), name="module_wanted"),
            CheckConstraint(condition=Q(phase__in=list(Phase)), name="module_phase"),
            CheckConstraint(condition=Q(fault__in=list(Fault)), name="module_fault"),
        ]

    def __str__(self) -> str:
        return self.id

    def save(self, **options: Any) -> None:
        """Store the row, and what lists show of its facts."""
        self.has_page = has_page(self.facts)
        named = options.get("update_fields")
        if named is not None and "facts" in named:
            options["update_fields"] = {*named, "has_page"}
        super().save(**options)


class RegistrySequence(models.Model):
    """One row: raised by every commit that changes what the host must load."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class KeptData(models.Model):
    """The data of a removed module, waiting for a later install."""

    id_fold = models.CharField(primary_key=True, max_length=64)
    module_id = models.CharField(_("module"), max_length=64)
    epoch = models.CharField(_("epoch"), max_length=40)
    version = models.CharField(_("version"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    placement = models.JSONField(_("sidebar placement"), default=dict, blank=True)
    own_settings = models.JSONField(_("settings it owns"), default=list, blank=True)
    kept_at = models.DateTimeField(_("kept at"))

    class Meta:
        verbose_name = _("kept data")
        verbose_name_plural = _("kept data")

    def __str__(self) -> str:
        return self.module_id
