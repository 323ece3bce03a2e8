"""Asking for generated configuration, and the administrator's own parts of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from modules_app.applier.places import NAMES
from modules_app.models import SurfaceState
from modules_app.processes.poke import poke


def ask_refresh(names: Iterable[str] = (), *, again: bool = False) -> None:
    """Ask the operator to look at surfaces after the present transaction; all without ``names``.

    Call it whenever rows changed that a surface reads. ``again`` tests, swaps and reloads even
    what did not change.
    """
    for name in sorted(set(names) or set(NAMES)):
        values = {"asked": True, "again": True} if again else {"asked": True}
        SurfaceState.objects.update_or_create(name=name, defaults=values)
    transaction.on_commit(lambda: poke(settings.PBX_DATA_DIR, "operator"))
