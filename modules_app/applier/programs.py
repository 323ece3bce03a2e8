"""Which program tests and which one reloads each surface: the whole list, and nothing from outside.

A check gets the folder of the staged files, which no other process can write. What has no entry
is installed without a test or a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modules_app.applier.report import Report

CHECKS: dict[str, Callable[[Path], Report]] = {}
"""Surface -> the real program's test of the folder."""

RELOADS: dict[str, Callable[[Path], Report]] = {}
"""Surface -> tell the program; it gets the stable path of the applied files."""
