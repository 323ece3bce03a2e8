"""The sidebar hook: items that were added come back as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules_app.host.adapters import Adapter, Arguments
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.menu import Menu


def _before(facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
    return (Menu(facts, given.get("menu") or ()),)


def _after(_facts: ModuleFacts, arguments: Sequence[Any], _value: Any) -> Any:
    return arguments[0].added


MENU = Adapter(_before, _after)
