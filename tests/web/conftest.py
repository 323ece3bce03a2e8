"""One walk through all addresses, and one real server, for all tests of web attacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from tests.e2e.site import Site
from tests.web.addresses import make_addresses
from tests.web.crawl import Crowd, Walk
from tests.web.hostile import module_with_pages
from tests.web.site import HOSTILE


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
    }
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        found = Walk.through(Crowd(make_addresses()))
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an administrator, logged in, and a module that means harm."""
    running = Site(tmp_path_factory.mktemp("web"))
    running.prepare()
    running.start()
    try:
        assert running.client.login().status == 302
        running.install(module_with_pages(), enable=True)
        running.wait_for(lambda: running.client.get(f"/m/{HOSTILE}/").status == 200)
        yield running
    finally:
        running.stop()
