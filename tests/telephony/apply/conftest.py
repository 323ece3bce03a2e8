"""Applying with a small surface's worth of files, and an Asterisk that is told what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.models import PbxSetting
from modules_app.permissions import Actor
from telephony_app.services import asterisk
from telephony_app.services.asterisk import _Asked
from tests.telephony.apply.fake_ami import FakeAsterisk


@pytest.fixture
def home(tmp_path: Path, settings: Settings, db: None) -> Path:
    """An installation in a folder of its own."""
    settings.PBX_DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    settings.PBX_ASTERISK_LOG = str(tmp_path / "messages.log")
    return tmp_path


@pytest.fixture
def fake(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAsterisk]:
    """An Asterisk that does what it is asked."""
    monkeypatch.setattr(asterisk, "RELOAD_SECONDS", 1.0)
    monkeypatch.setattr(_Asked, "at", float("-inf"))
    with FakeAsterisk() as fake:
        PbxSetting.objects.update_or_create(key="AMIPort", defaults={"value": str(fake.port)})
        yield fake


@pytest.fixture
def boss() -> Actor:
    """A person who may do everything."""
    return Actor.system(channel="web", name="boss")
