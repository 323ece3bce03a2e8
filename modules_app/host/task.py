"""What a child works on: one task of one module, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig

from modules_app.bridge.registry import RegistryModule
from modules_app.host.classes import freepbx_class
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.records import Records
from modules_app.sdk.translations import translate


@dataclass
class Task:
    """One run: what came in, what the module asked for, and how it ended."""

    payload: Mapping[str, Any]
    module: RegistryModule
    facts: ModuleFacts
    records: Records
    config: AppConfig | None = None
    step: str = "load"
    ok: bool = True
    veto: bool = False
    error: str = ""
    menu_items: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    generators: list[dict[str, Any]] = field(default_factory=list)
    backup: dict[str, Any] = field(default_factory=dict)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as plain data."""
        return self.payload.get("manifest") or {}

    def declared(self, name: str) -> Any:
        """Return one container of a module.xml, as its reader found it; None without it."""
        return (self.manifest.get("facts") or {}).get(name)

    def fail(self, *messages: str, error: str = "") -> None:
        """End as failed, at the current step."""
        self.ok = False
        self.error = error
        self.records.messages.extend(messages)

    def answer(self) -> dict[str, Any]:
        """Return what the operator reads."""
        models = [model.__name__ for model in self.config.get_models()] if self.config else []
        return {
            **self.records.as_dict(),
            "ok": self.ok,
            "veto": self.veto,
            "failed_step": "" if self.ok else self.step,
            "error": self.error,
            "menu_items": self.menu_items,
            "models": models,
            "hooks": self.hooks,
            "answers": self.answers,
            "generators": self.generators,
            "backup": self.backup,
        }


def freepbx_module(task: Task) -> FreePbxModule | None:
    """Return the object of ``module.py``; None for other contracts and for PHP."""
    if task.module.contract != "freepbx" or task.config is None:
        return None
    kind = freepbx_class(task.module) or FreePbxModule
    return kind(task.facts, task.manifest, task.records)


def unless_said(task: Task, key: str) -> list[str]:
    """Return our text for a refusal, nothing if the module gave its own."""
    return [] if task.records.messages else [translate(key)]
