"""Rows of modules in use and of what their hooks answered, without any code behind them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from modules_app.domain.ids import fold_id
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models import HookResult, Module


def answering(module_id: str, *, priority: int = 10000, **answers: Any) -> Module:
    """Make a module that is on; each keyword is a hook and what it answered."""
    now = timezone.now()
    module, _made = Module.objects.update_or_create(
        id=module_id,
        defaults={
            "id_fold": fold_id(module_id),
            "contract": "mikopbx",
            "language": "python",
            "version": "1.0.0",
            "generation": "g1",
            "wanted": Wanted.ON,
            "phase": Phase.READY,
            "fault": Fault.NONE,
            "installed_at": now,
            "changed_at": now,
            "facts": {"hooks": sorted(answers)},
        },
    )
    for hook, answer in answers.items():
        HookResult.objects.update_or_create(
            id_fold=fold_id(module_id),
            hook=hook,
            defaults={
                "module_id": module_id,
                "generation": "g1",
                "answered_generation": "g1",
                "at": now,
                "ok": True,
                "priority": priority,
                "answer": answer,
            },
        )
    return module
