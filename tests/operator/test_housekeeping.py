"""What nobody needs any more goes, by age."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils.module_loading import import_string

from modules_app.operator.housekeeping import keep_house
from tests.lifecycle import Life

SessionStore = import_string(f"{configured.SESSION_ENGINE}.SessionStore")


@pytest.fixture
def sessions(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:  # type: ignore[no-untyped-def]
    folder = tmp_path / "sessions"
    folder.mkdir()
    settings.SESSION_FILE_PATH = str(folder)
    monkeypatch.setattr(SessionStore, "_storage_path", str(folder), raising=False)
    return folder


def test_ended_sessions_go_and_others_stay(life: Life, sessions: Path) -> None:
    keys = {}
    for name, age in (("ended", -10), ("open", 3600)):
        session = SessionStore()
        session["who"] = name
        session.set_expiry(age)
        session.save(must_create=True)
        keys[name] = session.session_key
    assert len(list(sessions.iterdir())) == 2

    keep_house(life.tools)

    [left] = sessions.iterdir()
    assert left.name.endswith(str(keys["open"]))
