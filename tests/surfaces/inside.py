"""What runs inside a case of test_kills: a change of rows, and the look that follows."""

from __future__ import annotations

from typing import Any

from modules_app.models import CustomFile, SurfaceState
from modules_app.operator.surfaces import refresh

PATH = "cron/pbxadmin"


def write(payload: dict[str, Any]) -> None:
    """Change the administrator's text in the crontab, then look."""
    values = {"mode": "override", "text": payload["text"]}
    CustomFile.objects.update_or_create(path=PATH, defaults=values)
    refresh(None, ["cron"])  # type: ignore[arg-type]


def look(_payload: dict[str, Any]) -> dict[str, Any]:
    """Look as the operator does at its start; return what the row says then."""
    refresh(None, ["cron"])  # type: ignore[arg-type]
    state = SurfaceState.objects.get(name="cron")
    return {"problem": state.problem, "text": state.files[0]["text"]}
