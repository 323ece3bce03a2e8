"""Safe mode as people see it, and the report for whoever helps them (reference R4.8)."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils import timezone

from modules_app.bridge.boots import BootRecord, Boots
from modules_app.bridge.safe_mode import SafeMode, SafeModeFile
from modules_app.bridge.strikes import ModuleStrikes, Strikes
from modules_app.domain.redaction import redact
from modules_app.domain.states import Fault, Wanted
from modules_app.models import Module, Operation
from modules_app.selectors.modules import ModuleRow, list_modules
from modules_app.selectors.registry import data_dir
from modules_app.selectors.settings import read_setting

LOG_LINES = 200
_LOG_BYTES = 64 * 1024
_SECRET_FILES = ("secret.key", "run/statement.key", "run/host-secret.key")
_SECRET_NAMES = ("KEY", "PASS", "SECRET", "TOKEN", "COOKIE")


def safe_mode() -> SafeMode | None:
    """Return safe mode, None while it is off; reads a file and no row."""
    return SafeModeFile(data_dir().root).read()


@dataclass(frozen=True, slots=True)
class EnabledModule:
    """An enabled module on the safe-mode page: is it running now, how often did it crash?"""

    row: ModuleRow
    running: bool
    strikes: ModuleStrikes | None

    @property
    def suspected(self) -> bool:
        """Tell whether it ended a worker in the generation that is installed."""
        return self.strikes is not None


def enabled_modules(found: SafeMode | None, language: str = "en") -> list[EnabledModule]:
    """Return the modules that leaving safe mode would start, by name."""
    known = Strikes(data_dir().run).read()
    running = found.running if found else ()
    enabled = set(enabled_ids())
    return [
        EnabledModule(row, row.id in running, _of(known.get(row.id), row.generation))
        for row in list_modules(language=language)
        if row.id in enabled
    ]


def enabled_ids() -> list[str]:
    """Return the ids of the modules that the host loads when safe mode is off."""
    loaded = Module.objects.filter(wanted=Wanted.ON, fault=Fault.NONE)
    return list(loaded.values_list("id", flat=True))


def boot_record() -> BootRecord:
    """Return how the last starts of the host went."""
    return Boots(data_dir().run).record


def make_report() -> dict[str, Any]:
    """Return what a helper needs to know, without secrets (reference R4.8 "report bundle").

    Values of settings are not in it, and log lines pass `redact`.
    """
    found = safe_mode()
    clean = Redaction()
    report = {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "versions": _versions(),
        "safe_mode": asdict(found) if found else None,
        "starts": asdict(boot_record()),
        "strikes": {name: asdict(one) for name, one in Strikes(data_dir().run).read().items()},
        "modules": [_module(module) for module in Module.objects.all()],
        "operations": [_operation(one) for one in Operation.objects.order_by("-id")[:20]],
        "logs": {path.name: _tail(path) for path in sorted(data_dir().log.glob("*.log"))},
    }
    cleaned: dict[str, Any] = clean(report)
    return cleaned


def report_as_text(report: dict[str, Any]) -> str:
    """Return `make_report` as lines to read and to paste."""
    lines = [f"PBX Admin report, {report['made_at']}"]
    for name in ("versions", "safe_mode", "starts", "strikes"):
        lines += ["", f"== {name}", json.dumps(report[name], ensure_ascii=False, indent=1)]
    for name in ("modules", "operations"):
        lines += ["", f"== {name}"]
        lines += [json.dumps(one, ensure_ascii=False) for one in report[name]]
    for name, tail in report["logs"].items():
        lines += ["", f"== {name}", *tail]
    return "\n".join(lines) + "\n"


class Redaction:
    """Removes every secret that this installation knows, and what looks like one."""

    def __init__(self) -> None:
        self._secrets = sorted(set(_known_secrets()), key=len, reverse=True)

    def __call__(self, value: Any) -> Any:
        """Return ``value`` with every text in it cleaned, also in lists and mappings."""
        if isinstance(value, str):
            return redact(value, self._secrets)
        if isinstance(value, dict):
            return {self(key): self(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self(one) for one in value]
        return value


def _known_secrets() -> Iterable[str]:
    root = data_dir().root
    for name in _SECRET_FILES:
        yield from _lines(root / name)
    yield from (path.name for path in (data_dir().run / "sessions").glob("*"))
    yield read_setting("PBXLicense")
    for name, value in os.environ.items():
        if any(part in name.upper() for part in _SECRET_NAMES):
            yield value
    yield str(settings.SECRET_KEY)


def _lines(path: Path) -> list[str]:
    try:
        return [path.read_text("ascii").strip()]
    except (OSError, UnicodeError):
        return []


def _versions() -> dict[str, str]:
    return {
        "pbx": read_setting("PBXVersion"),
        "framework": read_setting("FrameworkVersion"),
        "python": platform.python_version(),
        "django": django.get_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }


def _module(module: Module) -> dict[str, Any]:
    return {
        "id": module.id,
        "version": module.version,
        "contract": module.contract,
        "language": module.language,
        "generation": module.generation,
        "previous_generation": module.previous_generation,
        "digest": module.digest,
        "package_sha256": module.package_sha256,
        "wanted": module.wanted,
        "phase": module.phase,
        "fault": module.fault,
        "reason_code": module.reason_code,
        "reason": module.reason_text,
        "reason_actor": module.reason_actor,
        "reason_at": module.reason_at.isoformat() if module.reason_at else None,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.pk,
        "verb": operation.verb,
        "module": operation.module_id,
        "outcome": operation.outcome,
        "stage": operation.stage,
        "error": (operation.error or {}).get("slug"),
        "queued_at": operation.queued_at.isoformat(),
        "ended_at": operation.ended_at.isoformat() if operation.ended_at else None,
    }


def _tail(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LOG_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return [str(error)]
    return text.splitlines()[-LOG_LINES:]


def _of(strikes: ModuleStrikes | None, generation: str) -> ModuleStrikes | None:
    return strikes if strikes and strikes.generation == generation else None
