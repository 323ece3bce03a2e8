"""People get in and stay in while the disk takes nothing (design 4)."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as values
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.views.sessions import SessionStore, spare_folder
from tests.pages import PASSWORD, administrator

FORM = {"username": "olga", "password": PASSWORD}


@pytest.fixture(autouse=True)
def sessions(settings: Settings, tmp_path: Path, db: None) -> Iterator[Path]:
    """Folders of this test's own."""
    settings.SESSION_ENGINE = "modules_app.views.sessions"
    settings.PBX_DATA_DIR = tmp_path
    previous = SessionStore._get_storage_path()
    SessionStore._storage_path = str(tmp_path)
    administrator("olga")
    yield tmp_path
    SessionStore._storage_path = previous
    if folder := spare_folder():
        shutil.rmtree(folder)


@pytest.fixture
def full(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The disk of the run folder is full; Django makes a session's file with mkstemp."""
    make = tempfile.mkstemp

    def mkstemp(*args: Any, **options: Any) -> tuple[int, str]:
        if str(options.get("dir")) == str(sessions):
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(*args, **options)

    monkeypatch.setattr(tempfile, "mkstemp", mkstemp)
    return sessions


def test_login_works_on_a_full_disk(full: Path, client: Client) -> None:
    assert client.post("/login/", FORM)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_session_from_before_goes_on_and_ends_with_logging_out(
    full: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    with monkeypatch.context() as room:
        room.undo()
        client.post("/login/", FORM)
    sid = client.cookies[values.SESSION_COOKIE_NAME].value
    assert client.get("/").status_code == 200
    client.post("/logout/")
    client.cookies[values.SESSION_COOKIE_NAME] = sid
    assert client.get("/")["Location"].startswith("/login/")


def test_a_session_moves_back_to_the_disk_when_there_is_room(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SessionStore()
    session["said"] = "one"
    session.save()
    key = session.session_key
    assert SessionStore(key)["said"] == "one"
    monkeypatch.undo()
    again = SessionStore(key)
    again["said"] = "two"
    again.save()
    assert SessionStore(key)["said"] == "two"
    folder = spare_folder()
    assert folder is not None
    assert list(folder.iterdir()) == []


def test_a_folder_that_others_may_look_into_is_not_used(full: Path) -> None:
    folder = spare_folder(make=True)
    assert folder is not None
    folder.chmod(0o755)
    assert spare_folder() is None
