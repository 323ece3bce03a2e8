"""Connections of module databases, opened on first use."""

from __future__ import annotations

from django.db import connections

from modules_app.host.registry import RegistryModule
from pbxadmin.settings.env import sqlite_database


def add_database(module: RegistryModule) -> None:
    """Make the module's database known under its label."""
    remove_database(module.label)
    known = {**connections.databases, module.label: sqlite_database(module.database)}
    connections.databases[module.label] = connections.configure_settings(known)[module.label]


def remove_database(label: str) -> None:
    """Close the connection of this thread and forget the database."""
    if label in connections.databases:
        connections[label].close()
        del connections[label]
        del connections.databases[label]
