"""Typed reading of the environment; a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


class _Env(environ.Env):
    """Says which variable has a wrong value; the library says only which value."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"The environment variable {var} has a value of the wrong kind: {error}."
            ) from error


env = _Env()


def data_dir_path() -> Path:
    """Return where PBX_DATA_DIR is, by default ``var`` beside manage.py."""
    return Path(env.str("PBX_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()


def data_dir() -> Path:
    """Return PBX_DATA_DIR, created when missing."""
    path = data_dir_path()
    try:
        for folder in (path, path / "run" / "sessions", path / "log", path / "uploads"):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be used: {error.strerror}. "
            "Set PBX_DATA_DIR to a folder that you may write to."
        ) from error
    return path


def secret(path: Path) -> str:
    """Return the secret stored at ``path``; the first reader makes it (mode 0600)."""
    try:
        if not path.exists():
            _make_secret(path)
        value = path.read_text("ascii").strip()
    except UnicodeError:
        value = ""
    except OSError as error:
        message = f"The secret {path} cannot be used: {error.strerror}."
        raise ImproperlyConfigured(message) from error
    if len(value) < 32:
        raise ImproperlyConfigured(
            f"The secret in {path} is damaged. Delete the file: a new one is made, and everybody "
            "logs in again."
        )
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


def _make_secret(path: Path) -> None:
    """Write it under another name first: processes that start together see all of one secret."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "w") as file:  # noqa: PTH123 - pathlib opens no descriptors
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):  # another process was faster; its secret counts
            path.hardlink_to(draft)
    finally:
        Path(draft).unlink()
