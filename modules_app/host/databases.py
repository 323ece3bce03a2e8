"""Connections of module databases, opened on first use."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from modules_app.bridge.registry import RegistryModule

_patience: dict[str, float] = {}


def wait_for_locks(seconds: float) -> None:
    """Let module databases wait so long, and no longer, for a lock of somebody else.

    It must be less than what a request may take: a lock must show as one, not as code that hangs.
    """
    _patience["timeout"] = seconds


def is_passing(error: BaseException) -> bool:
    """Tell whether trying again may help: somebody else is writing to the database right now."""
    return isinstance(error, OperationalError) and "is locked" in str(error)


def add_database(module: RegistryModule) -> None:
    """Make the module's database known under its label."""
    remove_database(module.label)
    base = settings.PBX_MODULE_DATABASE
    own = {**base, "NAME": module.database, "OPTIONS": {**base["OPTIONS"], **_patience}}
    known = {**connections.databases, module.label: own}
    connections.databases[module.label] = connections.configure_settings(known)[module.label]


def remove_database(label: str) -> None:
    """Close the connection of this thread and forget the database."""
    if label in connections.databases:
        connections[label].close()
        del connections[label]
        del connections.databases[label]


def prepare_scratch() -> None:
    """Make the one table of Django's that the admin of a module asks for, in this process."""
    connection = connections[DEFAULT_DB_ALIAS]
    if ContentType._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(ContentType)
