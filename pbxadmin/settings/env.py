"""Typed reading of the environment; a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()


def data_dir() -> Path:
    """Return PBX_DATA_DIR, by default ``var`` beside manage.py; created when missing."""
    path = Path(env.str("PBX_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
    for folder in (path, path / "run" / "sessions", path / "log", path / "uploads"):
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return path


def secret(path: Path) -> str:
    """Return the secret stored at ``path``; the first reader makes it (mode 0600)."""
    try:
        with open(path, "x", opener=_private) as file:  # noqa: PTH123 - Path.open has no opener
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    value = path.read_text().strip()
    if len(value) < 32:
        raise ImproperlyConfigured(f"The secret in {path.name} is too short; delete the file.")
    return value


def core_database(path: Path) -> dict[str, object]:
    """Return the Django settings of the core database (design 4)."""
    url = env.str("PBX_DATABASE_URL", default="")
    if url and not url.startswith("sqlite:"):
        raise ImproperlyConfigured(
            "PBX_DATABASE_URL names a database other than SQLite. This version keeps its core "
            "records in SQLite only; remove PBX_DATABASE_URL to go on."
        )
    return sqlite_database(path)


def sqlite_database(path: Path | str) -> dict[str, object]:
    """Return the Django settings of a SQLite file that survives a power cut (design 4)."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        },
    }


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
