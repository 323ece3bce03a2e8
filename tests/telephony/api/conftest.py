"""Programs with keys, as the tests of the whole interface have them."""

from __future__ import annotations

from tests.api.conftest import program, ready

__all__ = ["program", "ready"]
