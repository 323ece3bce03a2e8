"""What runs inside a case of the tests that kill: a change of rows, and the look that follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from modules_app.models import CustomFile, Module, SurfaceState
from modules_app.operator.surfaces import refresh
from tests.surfaces.rows import answering

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


def link(payload: dict[str, Any]) -> None:
    """Let a module have one script in a new generation, then look."""
    settings.PBX_AGI_DIR = payload["system"]
    code = Path(settings.PBX_DATA_DIR) / "store" / "ModuleX" / payload["generation"] / "code"
    script = code / "agi-bin" / payload["name"]
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(payload["generation"])
    answering("ModuleX")
    facts = {"agi-bin": [f"agi-bin/{payload['name']}"]}
    Module.objects.update(generation=payload["generation"], facts=facts)
    refresh(None, ["agi-bin"])  # type: ignore[arg-type]


def look_at_links(payload: dict[str, Any]) -> dict[str, Any]:
    """Look as the operator does at its start; return what the row says then."""
    settings.PBX_AGI_DIR = payload["system"]
    refresh(None, ["agi-bin"])  # type: ignore[arg-type]
    state = SurfaceState.objects.get(name="agi-bin")
    return {"problem": state.problem, "paths": [file["path"] for file in state.files]}
