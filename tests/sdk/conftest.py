"""A workbench for modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.processes.zygote import Zygote
from tests.workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path, zygote: Zygote) -> Workbench:
    return Workbench(tmp_path, zygote)
