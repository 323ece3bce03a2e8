"""An installation of its own for every test of the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database, to be copied."""
    shell = Shell(tmp_path_factory.mktemp("migrated"))
    assert shell.run("migrate", "--verbosity=0").returncode == 0
    return shell.folder / "var"


@pytest.fixture
def shell(tmp_path: Path, migrated: Path) -> Shell:
    shutil.copytree(migrated, tmp_path / "var")
    return Shell(tmp_path)
