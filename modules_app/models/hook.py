"""How the hooks of modules ran."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.operation import Operation


class AskedQuestions(models.Model):
    """What one keyed hook was asked, kept once for all modules that were asked the same.

    The key tells sets apart by their content; ``digests`` is JSON: keys of records, each with the
    digest of the arguments that the hook was given about it (`modules_app.hooks.asked`).
    """

    name = models.CharField(_("name"), primary_key=True, max_length=32)
    digests = models.TextField(_("digests"))

    class Meta:
        verbose_name = _("asked questions")
        verbose_name_plural = _("asked questions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HookResult(models.Model):
    """The last run of one hook of one module, and its last failure.

    One row per module and hook, so that a hook that runs often does not fill the disk. ``answer``
    is what a collected hook returned last: the surfaces are made of it. Of a keyed hook it maps
    keys to what was answered for them, empty answers left out, and ``asked_with`` names the
    `AskedQuestions` that it answered, "" for none.
    """

    module_id = models.CharField(_("module"), max_length=64)
    id_fold = models.CharField(max_length=64, editable=False)
    hook = models.CharField(_("hook"), max_length=64)
    generation = models.CharField(_("generation"), max_length=40, blank=True)
    operation = models.ForeignKey(
        Operation, on_delete=models.SET_NULL, null=True, blank=True, related_name="hook_results"
    )
    at = models.DateTimeField(_("last run"))
    seconds = models.FloatField(_("seconds"), default=0.0)
    priority = models.IntegerField(_("priority"), default=10000)
    answer = models.JSONField(_("last answer"), null=True, blank=True)
    asked_with = models.CharField(_("asked with"), max_length=32, blank=True)
    answered_generation = models.CharField(_("answer of generation"), max_length=40, blank=True)
    ok = models.BooleanField(_("went well"), default=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True)

    class Meta:
        verbose_name = _("hook result")
        verbose_name_plural = _("hook results")
        ordering = ["id_fold", "hook"]
        constraints = [
            models.UniqueConstraint(fields=["id_fold", "hook"], name="one_result_per_hook")
        ]

    def __str__(self) -> str:
        return f"{self.module_id} {self.hook}"
