"""What was wrong with the last change of a module in development (``module watch``)."""

from __future__ import annotations

import json
from typing import Any

from modules_app.selectors.registry import data_dir

WATCHED = "watched"
"""The folder below run/ that holds one file for each module whose folder cannot be installed."""


def watched_problem(module_id: str) -> dict[str, Any] | None:
    """Return the error of the folder that is named like the module, None without one."""
    path = data_dir().run / WATCHED / f"{module_id}.json"
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found
