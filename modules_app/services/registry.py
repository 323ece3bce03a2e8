"""Telling the host that what it must load has changed."""

from __future__ import annotations

from django.db.models import F

from modules_app.models import RegistrySequence


def raise_sequence() -> None:
    """Raise the registry sequence; call it in the transaction of the change."""
    RegistrySequence.objects.get_or_create(pk=1)
    RegistrySequence.objects.filter(pk=1).update(number=F("number") + 1)
