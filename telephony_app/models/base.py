"""What all telephone records have in common."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules_app.models.watched import WatchedModel
from telephony_app.domain.words import LABELS


def choices(words: type[StrEnum]) -> list[tuple[str, Any]]:
    """Return stored words with their labels, translated when they are shown."""
    return [(word.value, _(LABELS[word])) for word in words]


class TelephonyModel(WatchedModel):
    """A record that counts its changes.

    Whoever edits one sends back the ``revision`` that they saw: another person's change in between
    is noticed instead of being overwritten.
    """

    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **more: Any) -> None:
        """Store the record as its next revision."""
        self.revision += 1
        if update_fields is not None:
            update_fields = {*update_fields, "revision", "changed_at"}
        super().save(*args, update_fields=update_fields, **more)
