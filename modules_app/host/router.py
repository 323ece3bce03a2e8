"""Which database a model lives in: the module's own, the core read-only, or scratch."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from modules_app.host.apps import ModuleConfig

CORE = "core"


class ModuleRouter:
    """Sends models of a loaded module to its database and core records to the read-only one."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """Return the alias for reading, None for the scratch database."""
        return _alias(model._meta.app_label)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        """Return the alias for writing; a write to the core then fails, as it must."""
        return _alias(model._meta.app_label)

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        """Allow relations inside one database only."""
        return _alias(one._meta.app_label) == _alias(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Let a module's migrations touch its own database and nothing else any."""
        return db == app_label == _alias(app_label)


def _alias(label: str) -> str | None:
    if label == "modules_app":
        return CORE
    return label if isinstance(apps.app_configs.get(label), ModuleConfig) else None
