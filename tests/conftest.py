"""What tests of every area share: the corpus of real descriptors and tools of the system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def missing(what: str) -> None:
    """Skip loudly; in continuous integration a missing tool or corpus is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real manifests that PBX_CORPUS_DIR names."""
    folder = os.environ.get("PBX_CORPUS_DIR", "")
    if not folder or not Path(folder).is_dir():
        missing("PBX_CORPUS_DIR names no folder with real manifests; tests on them do not run")
    return Path(folder)


@pytest.fixture(scope="session")
def need_tool() -> Callable[[str], str]:
    """Return a function that gives the path of a program, or skips the test that needs it."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            missing(f"the program {name} is not installed; tests that need it do not run")
        return str(path)

    return find
