"""PBX Admin asking a module for a page on its own account, without a person."""

from __future__ import annotations

from typing import Any


def statement_of_system(module_id: str, *, language: str, sequence: int = 0) -> dict[str, Any]:
    """Return the statement (see `sign`) of a visitor who may see everything and is nobody."""
    return {
        "user_id": 0,
        "username": "system",
        "name": "System",
        "is_superuser": True,
        "permissions": ["view", "operate", "install", "remove"],
        "module_id": module_id,
        "language": language,
        "sequence": sequence,
    }


def first_page(module_id: str, hrefs: list[str]) -> str:
    """Return the first address of a menu that belongs to the module, else the module's own."""
    own = f"/m/{module_id}/"
    return next((href for href in hrefs if href.startswith(own)), own)
