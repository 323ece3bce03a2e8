"""What preflight and probe share: run module code in stages, and say at which one it failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import translation

from modules_app.bridge.registry import RegistryModule
from modules_app.host.guard import protect
from modules_app.host.loader import describe, facts_of
from modules_app.sdk.context import ModuleFacts, running


class Stage(StrEnum):
    """The parts of a trial, in their order."""

    COMPILE = "compile"
    IMPORT = "import"
    INSTALLER = "installer"
    CONF = "conf"
    DATABASE = "database"
    SELF_TEST = "self-test"
    PAGE = "page"


class NotWell(Exception):
    """The module is not well; the text is a sentence for people."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


@dataclass
class Trial:
    """One run on one module; ``stage`` is what it is at."""

    payload: Mapping[str, Any]
    module: RegistryModule
    facts: ModuleFacts
    stage: Stage = Stage.IMPORT
    started: float = field(default_factory=time.monotonic)
    missing: list[str] = field(default_factory=list)

    def answer(self, error: str = "", traceback: str = "") -> dict[str, Any]:
        """Return what the operator reads; it went well if there is no error."""
        return {
            "ok": not error,
            "stage": str(self.stage),
            "error": error,
            "traceback": traceback,
            "missing": self.missing,
            "seconds": time.monotonic() - self.started,
        }


def run_trial(payload: Mapping[str, Any], work: Callable[[Trial], None]) -> dict[str, Any]:
    """Run ``work`` and return ``{"ok", "stage", "error", "traceback", "seconds"}``; never raises.

    ``payload`` is that of `run_task`. The files and data of all modules cannot be changed
    meanwhile; with ``read_only`` the module's database, too, can only be read.
    """
    module = RegistryModule.from_dict(payload["module"])
    trial = Trial(payload, module, facts_of(module))
    for folder in ("store", "data"):
        protect(Path(payload["data_dir"]) / folder)
    if payload.get("read_only"):
        _only_read()
    try:
        with translation.override(payload.get("language") or "en"), running(trial.facts):
            work(trial)
    except NotWell as error:
        return trial.answer(str(error), error.details)
    # Foreign code: whatever it raises, SystemExit too, is an answer for the operator.
    except BaseException as error:
        if payload.get("read_only") and "readonly database" in str(error):
            return trial.answer()
        failure = describe(error)
        return trial.answer(failure.error, failure.traceback)
    finally:
        connections.close_all()
    return trial.answer()


def _only_read() -> None:
    base = settings.PBX_MODULE_DATABASE
    options = {**base["OPTIONS"], "init_command": "PRAGMA query_only=1;"}
    settings.PBX_MODULE_DATABASE = {**base, "OPTIONS": options}
