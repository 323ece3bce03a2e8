"""The configuration of supervisord, which keeps the processes of one machine alive."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modules_app.packages.fsops import FsOps

FILE = "supervisord.conf"

_MAIN = """\
[supervisord]
nodaemon=true
silent=true
logfile=%(log)s/supervisord.log
logfile_maxbytes=5MB
logfile_backups=3
loglevel=info
pidfile=%(run)s/supervisord.pid
childlogdir=%(log)s
umask=027
"""
_PROGRAM = """
[program:%(name)s]
command=%(command)s
directory=%(project)s
autorestart=true
startsecs=1
startretries=1000000
stopsignal=TERM
stopwaitsecs=%(stop_seconds)s
killasgroup=true
redirect_stderr=true
stdout_logfile=%(expanded_log)s/%(name)s.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=3
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One process: its arguments, and the seconds it has to stop before it is killed."""

    name: str
    arguments: tuple[str, ...]
    stop_seconds: int


def programs(project: Path) -> tuple[Program, ...]:
    """Return the processes of one machine (design 3)."""
    python, manage = sys.executable, str(project / "manage.py")
    web = (python, "-m", "gunicorn", "-c", "python:pbxadmin.gunicorn_web")
    return (
        Program("web", web, 35),
        Program("host", (python, manage, "host"), 15),
        Program("applier", (python, manage, "applier"), 15),
        Program("operator", (python, manage, "operator"), 35),
        Program("workers", (python, manage, "workers"), 15),
        Program("telephony", (python, manage, "telephony_live"), 15),
    )


def write_config(data_dir: Path, project: Path, more: Iterable[Program] = ()) -> Path:
    """Write ``run/supervisord.conf`` for our processes and ``more``; return its path."""
    values = {
        "run": _escape(str(data_dir / "run")),
        "log": _escape(str(data_dir / "log")),
        "expanded_log": _escape(_escape(str(data_dir / "log"))),  # supervisord expands this twice
        "project": _escape(str(project)),
    }
    parts = [_MAIN % values]
    for program in (*programs(project), *more):
        parts.append(_PROGRAM % {**values, **_fields(program)})
    FsOps().write_file_atomically(data_dir / "run", FILE, "".join(parts).encode())
    return data_dir / "run" / FILE


def _fields(program: Program) -> Mapping[str, str]:
    return {
        "name": program.name,
        "command": " ".join(_quoted(argument) for argument in program.arguments),
        "stop_seconds": str(program.stop_seconds),
    }


def _quoted(argument: str) -> str:
    """Return an argument for supervisord, which splits commands as a shell does."""
    escaped = _escape(argument).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape(text: str) -> str:
    """supervisord expands % expressions in every value."""
    return text.replace("%", "%%")
