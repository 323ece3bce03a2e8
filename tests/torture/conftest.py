"""One harness for all tests of faults; its installations are made on first use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.torture.harness import Harness, harness


@pytest.fixture(scope="session")
def home() -> Iterator[Harness]:
    with harness() as made:
        yield made
