"""A folder of whole packages of other people, which is on few machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder that PBX_PACKAGES_DIR names, with ``*.tar.gz`` of real FreePBX modules."""
    folder = os.environ.get("PBX_PACKAGES_DIR", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PBX_PACKAGES_DIR names no folder with real packages; they are not read")
    return Path(folder)
