"""One walk through all addresses for all tests of rights, tokens and headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from tests.web.addresses import make_addresses
from tests.web.crawl import Crowd, Walk


@pytest.fixture(scope="session")
def walk(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Walk:
    """What people of every kind get at every address; the database is as it was afterwards."""
    folder: Path = tmp_path_factory.mktemp("walk")
    DataDir(folder).prepare(FsOps())
    quick = {
        "PBX_DATA_DIR": folder,
        "PBX_PROXY": {"switch_seconds": 0.0},
        "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
    }
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        found = Walk.through(Crowd(make_addresses()))
        transaction.set_rollback(True)
    return found
