"""Whether everything this installation needs is there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from modules_app.applier import client, places
from modules_app.applier.report import PATH
from modules_app.domain.dependencies.world import provided_at
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Operation, SurfaceState
from modules_app.packages.datadir import DataDir
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import data_dir
from modules_app.selectors.settings import read_setting

_PROGRAMS = ("crontab", "nginx", "nft", "fail2ban-client")
_FREE_BYTES = 512 * 1024 * 1024

_MORE: list[Callable[[], list[dict[str, Any]]]] = []


def register(checks: Callable[[], list[dict[str, Any]]]) -> None:
    """Let another application add checks, as `examine` returns them."""
    if checks not in _MORE:
        _MORE.append(checks)


def examine() -> list[dict[str, Any]]:
    """Return the checks, each ``{"name", "ok", "found"}``; names are to be translated."""
    root = data_dir()
    free = shutil.disk_usage(root.root).free
    return [
        _check(_("Python"), sys.version_info >= (3, 11), sys.version.split()[0]),
        _check(_("SQLite"), sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        _check(_("Data folder"), os.access(root.root, os.W_OK), str(root.root)),
        _check(_("Free disk space"), free > _FREE_BYTES, f"{free // (1024 * 1024)} MiB"),
        _check(_("Core database"), True, f"{Operation.objects.count()} operations"),
        _process(root, "operator", _("Operator process")),
        _process(root, "host", _("Host process")),
        _process(root, "workers", _("Workers process")),
        _applier(),
        *(_program(name) for name in _PROGRAMS),
        *_generated(),
        _check(_("MikoPBX contract level"), True, read_setting("PBXVersion")),
        _check(_("FreePBX contract level"), True, read_setting("FrameworkVersion")),
        _check(_("Asterisk version"), True, read_setting("AsteriskVersion") or "not known"),
        *(one for checks in _MORE for one in checks()),
        *_provided(),
    ]


def _process(root: DataDir, name: str, title: str) -> dict[str, Any]:
    holder = FileLock(root.run / f"{name}.lock").holder()
    found = f"pid {holder.pid}" if holder else "not running (operations run in the command)"
    return _check(title, True, found)


def _applier() -> dict[str, Any]:
    """Tell who puts generated files in place; without the process this user must be able to."""
    running = client.process()
    if running is not None:
        return _check(_("Applier process"), True, f"pid {running[0]}, user {running[1]}")
    able = client.may_write()
    return _check(_("Applier process"), able, f"not running ({places.etc_dir()})")


def _program(name: str) -> dict[str, Any]:
    """Tell whether a program is there; without it generated files are not tested."""
    return _check(name, True, shutil.which(name, path=PATH) or "not installed")


def _generated() -> list[dict[str, Any]]:
    states = SurfaceState.objects.exclude(problem=None)
    return [_check(state.name, False, str(state.problem["slug"])) for state in states]


def _provided() -> list[dict[str, Any]]:
    """Name the modules of others that PBX Admin itself stands for (design 8)."""
    return [
        _check(_("Provided module"), True, f"{one.name} {one.version}: {gettext(one.reason)}")
        for one in provided_at(read_setting("FrameworkVersion")).values()
    ]


def _check(name: str, ok: bool, found: str) -> dict[str, Any]:
    return {"name": name, "ok": ok, "found": found}
