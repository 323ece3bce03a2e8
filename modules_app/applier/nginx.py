"""nginx: tests the folder with its own configuration, and reloads the nginx that reads it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.conf import settings

from modules_app.applier import places
from modules_app.applier.links import system_dir
from modules_app.applier.report import Report, run_program
from modules_app.domain.nginx_text import LOCATIONS, SERVERS, refuse_faults, refuse_faults_around
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

MAIN = "nginx.conf"
OF_MODULES = {"modules_locations": LOCATIONS, "modules_servers": SERVERS}
"""Folders with a file per module, and what such a file may begin with."""

RELOAD_SECONDS = 10.0
_DONE = "start worker process "
_FAILED = "[emerg]"


def own_dir() -> Path:
    """Return where our own nginx keeps its process id, its log and what it buffers.

    Below PBX_ETC_DIR, as a privileged nginx must not write where somebody else may put links.
    """
    return places.etc_dir() / ".run" / "nginx"


def guard(folder: Path) -> None:
    """Raise ``Refused`` when a file says what it may not say, whoever asks for it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            refuse_faults_of(path.relative_to(folder).as_posix(), path.read_bytes().decode())


def refuse_faults_of(path: str, text: str) -> None:
    """Raise ``Refused`` for what a file of the folder may not say; ``path`` is below the folder."""
    name = path.partition("/")[0]
    if name in OF_MODULES:
        refuse_faults(text, OF_MODULES[name])
    else:
        refuse_faults_around(text, str(own_dir()), [f"{one}/*.conf" for one in OF_MODULES])


def check(folder: Path) -> Report:
    """Let nginx read the whole folder."""
    _prepare()
    return run_program(*_nginx(folder), "-t", "-q")


def reload(folder: Path) -> Report:
    """Let the nginx of the system, or our own one, read its files again."""
    if system_dir("nginx") is not None:
        tested = run_program("nginx", "-t", "-q")
        return tested if tested.skipped or not tested.ok else run_program("nginx", "-s", "reload")
    if not settings.PBX_NGINX_PORT:
        return Report(
            ok=True,
            skipped=_("No nginx reads {path}: neither PBX_NGINX_DIR nor PBX_NGINX_PORT is set."),
            context={"path": str(folder)},
        )
    if not is_running():
        return Report(ok=True, skipped=_("nginx does not run yet; it starts with these files."))
    return _reload_own(folder)


def command() -> tuple[str, ...]:
    """Return what starts our own nginx, in the foreground."""
    return (*_nginx(places.folder_of("nginx")), "-g", "daemon off;")


def is_running() -> bool:
    """Tell whether our own nginx runs."""
    try:
        process = int((own_dir() / "nginx.pid").read_text())
        return (Path("/proc") / str(process) / "comm").read_text().strip() == "nginx"
    except (OSError, ValueError):
        return False


def _nginx(folder: Path) -> tuple[str, ...]:
    return ("nginx", "-p", str(own_dir()), "-c", str(folder / MAIN), "-e", _log_name())


def _reload_own(folder: Path) -> Report:
    """Signal it, then read its log: only there it says that it went back to the files before."""
    before = _log_size()
    signalled = run_program(*_nginx(folder), "-s", "reload")
    if signalled.skipped or not signalled.ok:
        return signalled
    deadline = time.monotonic() + RELOAD_SECONDS
    while time.monotonic() < deadline:
        said = _log_since(before)
        if _FAILED in said:
            return Report(ok=False, output=said)
        if _DONE in said:
            return Report(ok=True)
        time.sleep(0.05)
    return Report(ok=False, output=f"nginx did not reload within {RELOAD_SECONDS:.0f} seconds")


def _log_name() -> str:
    return str(own_dir() / "error.log")


def _log_size() -> int:
    try:
        return Path(_log_name()).stat().st_size
    except OSError:
        return 0


def _log_since(size: int) -> str:
    try:
        with Path(_log_name()).open("rb") as stream:
            stream.seek(size)
            return stream.read(16_000).decode("utf-8", "replace")
    except OSError:
        return ""


def _prepare() -> None:
    FsOps().make_root(own_dir(), mode=0o755)
    if not os.access(own_dir(), os.W_OK):
        raise Refused(
            "nginx-folder",
            _("The folder {path} belongs to another user."),
            context={"path": str(own_dir())},
        )
