"""Generated pages of docs/reference that other applications bring; they say so when they start."""

from __future__ import annotations

from django.utils.module_loading import import_string

_makers: dict[str, str] = {}


def register(name: str, maker: str) -> None:
    """Let docs/reference/``name`` be what the function at the dotted path ``maker`` returns."""
    _makers[name] = maker


def registered() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {name: import_string(maker)() for name, maker in _makers.items()}
