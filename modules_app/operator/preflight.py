"""Trying a module's code before anything is committed."""

from __future__ import annotations

from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.operator.work import Work


def run_preflight(work: Work, seen: RegistryModule) -> dict[str, Any]:
    """Import everything of a generation in a child; see `modules_app.host.preflight`."""
    return {}


def run_probe(work: Work, seen: RegistryModule) -> None:
    """Start a generation on its data in a private host."""
