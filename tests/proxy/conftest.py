"""A data folder, a module, an administrator's browser and a stand-in for the host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client

from modules_app.models import Module, RegistrySequence
from tests.proxy.stub import StubHost, make_module


@pytest.fixture
def data_dir(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    (tmp_path / "run").mkdir()
    settings.PBX_DATA_DIR = tmp_path
    settings.SESSION_FILE_PATH = str(tmp_path / "run")
    return tmp_path


@pytest.fixture
def host(data_dir: Path, module: Module) -> Iterator[StubHost]:
    stub = StubHost(data_dir / "run")
    stub.listen(1)
    yield stub
    stub.close()


@pytest.fixture
def module(transactional_db: None) -> Module:
    RegistrySequence.objects.update_or_create(pk=1, defaults={"number": 1})
    return make_module()


@pytest.fixture
def admin(transactional_db: None) -> AbstractUser:
    return get_user_model().objects.create_superuser("admin", password="correct horse battery")


@pytest.fixture
def browser(admin: AbstractUser) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    return client
