"""Keys by which programs ask for things."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """One API key. The key itself is nowhere: ``digest`` is its SHA-256, ``public`` its beginning.

    Without ``owner`` it was made on the command line and depends on nobody's rights; with one it
    can never do more than that person. A revoked key stays, so that the audit's names stay clear.
    """

    name = models.CharField(_("name"), max_length=80)
    public = models.CharField(_("beginning"), max_length=8, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True
    )
    scopes = models.JSONField(_("scopes"), default=list)
    networks = models.JSONField(_("networks"), default=list, blank=True)
    created_by = models.CharField(_("made by"), max_length=150)
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_used_from = models.CharField(_("last used from"), max_length=45, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(revoked_at__isnull=True), name="one_open_key_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """Return how people recognise the key."""
        return f"pbx_{self.public}_…"
