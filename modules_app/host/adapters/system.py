"""Hooks that add to a list: the crontab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules_app.host.adapters import Adapter, Arguments
from modules_app.sdk.context import ModuleFacts


def _before(_facts: ModuleFacts, _given: Arguments) -> Sequence[Any]:
    return ([],)


def _after(_facts: ModuleFacts, arguments: Sequence[Any], value: Any) -> Any:
    """Take what was added and, besides, what was returned, which authors do as often."""
    added = list(arguments[0])
    returned = list(value) if value is not None and value is not arguments[0] else []
    return [*added, *returned]


ADDED_LIST = Adapter(_before, _after)
