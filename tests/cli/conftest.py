"""An installation of its own for every test of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    assert shell.run("migrate", "--verbosity=0").returncode == 0
    return shell
