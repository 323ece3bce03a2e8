"""What the host says of its modules. Module code runs there, so nothing of it is taken on trust."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modules_app.bridge.connection import HostConnection
from modules_app.bridge.names import HEALTH_PATH

_LARGEST = 4 * 1024 * 1024
_LONGEST_LINE = 300
_LONGEST_TRACEBACK = 64 * 1024


def ask_health(path: Path, *, seconds: float) -> dict[str, Any] | None:
    """Return what the server at ``path`` says (see `read_health`), None if it is silent."""
    connection = HostConnection(path, seconds)
    try:
        connection.request("GET", HEALTH_PATH)
        response = connection.getresponse()
        body = response.read(_LARGEST)
        return read_health(body) if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def read_health(body: bytes) -> dict[str, Any] | None:
    """Return the report that ``body`` holds, None if it holds none.

    ``{"sequence": n, "safe_mode": bool, "settled": [id], "modules": {id: {"ok", "error",
    "traceback", "passing"}}}``; ``error`` is one printable line, so that it may stand in a log.
    ``settled`` are modules that have been loaded for long enough; only the host's parent says so.
    """
    try:
        found = json.loads(body)
        modules = {str(name): _state(state) for name, state in found["modules"].items()}
        return {
            "sequence": int(found["sequence"]),
            "safe_mode": found.get("safe_mode") is True,
            "settled": [name for name in modules if name in found.get("settled", ())],
            "modules": modules,
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    if state.get("ok") is True:
        return {"ok": True}
    return {
        "ok": False,
        "error": one_line(str(state.get("error", ""))),
        "traceback": str(state.get("traceback", ""))[-_LONGEST_TRACEBACK:],
        "passing": state.get("passing") is True,
    }


def one_line(text: str) -> str:
    """Return a stranger's text as one printable line of at most 300 characters."""
    line = " ".join(text.split())[:_LONGEST_LINE]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
