"""The module's logic, free of pages and hooks."""

from __future__ import annotations

from .models import HookNote

KEPT = 500


def note(hook: str, said: str = "") -> None:
    """Remember a call, and forget the oldest ones."""
    HookNote.objects.create(hook=hook, said=said[:200])
    newest = HookNote.objects.values("pk")[:KEPT]
    HookNote.objects.exclude(pk__in=newest).delete()
