"""Who is logged in, read from the files of the sessions (reference R6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from modules_app.processes.clock import seconds_since

NAME = "session_name"
BEGAN = "began"
SEEN = "seen_at"
ADDRESS = "address"
BROWSER = "browser"
PROOF = "proof"
"""What a session holds about itself. Its key is a secret; what ``NAME`` holds may be shown."""

_FAMILIES = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session that is open now. ``key`` opens it: never show, send or store it."""

    key: str
    name: str
    user_id: str
    username: str
    began: datetime | None
    seen: datetime | None
    address: str
    browser: str
    is_this: bool


def open_sessions(*, user: Any = None, this: str = "") -> list[SessionRow]:
    """Return the open sessions, of one user if given, the newest use first.

    ``this`` is the name of the session that asks. Sessions that a new password or the age limit has
    ended are left out.
    """
    users = {str(one.pk): one for one in ([user] if user else get_user_model().objects.all())}
    rows = [
        _row(key, data, users[str(data[SESSION_KEY])].get_username(), this)
        for key, data in stored_sessions()
        if str(data.get(SESSION_KEY)) in users and _opens(data, users[str(data[SESSION_KEY])])
    ]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(rows, key=lambda row: row.seen or oldest, reverse=True)


def stored_sessions() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield key and content of every session that somebody is logged in with."""
    for key in sorted(_keys()):
        data = _peek(key)
        if SESSION_KEY in data:
            yield key, data


def session_store(key: str | None = None) -> SessionBase:
    """Return the session with this key, in the store that the settings name."""
    store: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(key)
    return store


def is_too_old(session: Mapping[str, Any] | SessionBase) -> bool:
    """Tell whether a session has lived for ``PBX_SESSION_SECONDS``, whatever was done in it."""
    age = seconds_since(session.get(BEGAN), over_restarts=True)
    return age is None or age >= settings.PBX_SESSION_SECONDS


def proof_age(session: Mapping[str, Any] | SessionBase) -> int | None:
    """Return the seconds since the password was typed in this session; None if that is unknown."""
    age = seconds_since(session.get(PROOF))
    return None if age is None else int(age)


def short_browser(agent: str) -> str:
    """Return browser and system from the words a browser sends; they are a stranger's claim."""
    family = next((name for mark, name in _FAMILIES if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    known = ", ".join(part for part in (family, system) if part)
    return known or "".join(char for char in agent[:40] if char.isprintable())


def _keys() -> set[str]:
    """Return the keys of all sessions, those that live in memory while the disk is full as well."""
    prefix = settings.SESSION_COOKIE_NAME
    found = {
        path.name.removeprefix(prefix)
        for folder in session_folders()
        if folder.is_dir()
        for path in folder.iterdir()
        if path.name.startswith(prefix)
    }
    return {key for key in found if key.isalnum()}


def session_folders() -> list[Path]:
    """Return where sessions are kept."""
    store = session_store()
    folders: list[Path] = getattr(store, "folders", lambda: [])()
    return folders


def _peek(key: str) -> Mapping[str, Any]:
    """Read a session; one that has run out is deleted by reading and never made again."""
    store = session_store(key)
    store.create = lambda: None  # type: ignore[method-assign]
    return store.load()


def _opens(data: Mapping[str, Any], user: Any) -> bool:
    expected, stored = user.get_session_auth_hash(), str(data.get(HASH_SESSION_KEY, ""))
    return constant_time_compare(expected, stored) and not is_too_old(data)


def _row(key: str, data: Mapping[str, Any], username: str, this: str) -> SessionRow:
    began = data.get(BEGAN)
    return SessionRow(
        key=key,
        name=str(data.get(NAME, "")),
        user_id=str(data[SESSION_KEY]),
        username=username,
        began=_moment(began[2] if began else None),
        seen=_moment(data.get(SEEN)),
        address=str(data.get(ADDRESS, "")),
        browser=str(data.get(BROWSER, "")),
        is_this=bool(this) and data.get(NAME) == this,
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(float(seconds), UTC) if seconds is not None else None
